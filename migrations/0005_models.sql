CREATE TABLE `model_reports` (
	`version` text NOT NULL,
	`kind` text NOT NULL,
	`snapshot` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`version`, `kind`)
);
--> statement-breakpoint
CREATE TABLE `models` (
	`version` text PRIMARY KEY NOT NULL,
	`task` text NOT NULL,
	`stage` text NOT NULL,
	`stage_position` integer,
	`answered` text,
	`answer` text,
	`wanted` text,
	`request` text,
	`request_position` integer,
	`trained` text
);
