"""Arguments of actions: one class a kind, which reads its value, offers choices and explains them."""
