CREATE TABLE `forecast_errors` (
	`sku` text NOT NULL,
	`period_start` text NOT NULL,
	`model_version` text NOT NULL,
	`absolute_error` real NOT NULL,
	`covered` integer NOT NULL,
	`stocked_out` integer NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`sku`, `period_start`)
);
--> statement-breakpoint
CREATE TABLE `forecasts` (
	`sku` text PRIMARY KEY NOT NULL,
	`forecast_id` text NOT NULL,
	`model_version` text NOT NULL,
	`snapshot` text NOT NULL,
	`generated_at` text NOT NULL,
	`position` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `incidents` (
	`incident_id` text PRIMARY KEY NOT NULL,
	`fingerprint` text NOT NULL,
	`severity` text NOT NULL,
	`snapshot` text NOT NULL,
	`opened_at` text NOT NULL,
	`resolved_at` text,
	`resolution` text,
	`position` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `pipeline_runs` (
	`pipeline` text PRIMARY KEY NOT NULL,
	`runs` integer NOT NULL,
	`failures` integer NOT NULL,
	`started_at` text,
	`failed_at` text,
	`failure` text
);
--> statement-breakpoint
CREATE TABLE `suggestions` (
	`kind` text PRIMARY KEY NOT NULL,
	`recommendation_id` text NOT NULL,
	`snapshot` text NOT NULL,
	`generated_at` text NOT NULL,
	`position` integer NOT NULL
);
