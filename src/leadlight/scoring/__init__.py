"""How likely: labels, learners, calibration, the score scale, the gate, and the scores that people see."""
