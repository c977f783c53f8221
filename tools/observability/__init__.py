"""What rules, alerts and dashboards of a deployment must hold to, checked without running one."""
