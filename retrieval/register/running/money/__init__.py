"""Money: `funds` and what moves between them, what is given out of them (`allocations`), and `distributions`."""
