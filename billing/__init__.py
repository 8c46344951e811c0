"""What a household has agreed to: plans and quotas now in one place; subscriptions, usage and invoices come later."""
