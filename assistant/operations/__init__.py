"""What those who keep the machine look at: readiness, measures, logs, the check of the whole."""
