"""What is known of runs: records, forecasts, costs and the words for them."""
