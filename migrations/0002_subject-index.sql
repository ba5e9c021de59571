DROP INDEX `events_subject`;--> statement-breakpoint
DROP INDEX `events_type`;--> statement-breakpoint
CREATE INDEX `events_subject` ON `events` (`subject`,`position`) WHERE type <> 'inventory.changed';--> statement-breakpoint
CREATE INDEX `events_type` ON `events` (`type`,`position`,`subject`);