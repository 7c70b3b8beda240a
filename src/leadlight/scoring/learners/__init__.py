"""What learns: tables, encoding, learners, calibration, `LeadScorer`. scikit-learn and XGBoost, no Django."""
