//! Templates, import, queue, submissions, review, agreement, hours and delivery.
