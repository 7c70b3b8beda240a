"""Who: leads, the persons behind them, their e-mails and phones, sources and owners."""
