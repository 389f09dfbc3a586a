"""Pay sheets (платёжная ведомость): who signs for which amount of cash, group by group."""
