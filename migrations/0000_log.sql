CREATE TABLE `cursors` (
	`name` text PRIMARY KEY NOT NULL,
	`value` integer NOT NULL,
	`updated_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `dead_letters` (
	`id` text PRIMARY KEY NOT NULL,
	`status` text NOT NULL,
	`origin` text NOT NULL,
	`type` text,
	`event_id` text,
	`reason_code` text NOT NULL,
	`reason` text NOT NULL,
	`violations` text NOT NULL,
	`content_type` text NOT NULL,
	`headers` text NOT NULL,
	`payload` blob NOT NULL,
	`attempts` integer NOT NULL,
	`received_at_ms` integer NOT NULL,
	`resolved_at_ms` integer
);
--> statement-breakpoint
CREATE INDEX `dead_letters_status` ON `dead_letters` (`status`,`received_at_ms`);--> statement-breakpoint
CREATE TABLE `dealers` (
	`dealer_id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`segment` text NOT NULL,
	`currency` text NOT NULL,
	`price_list_id` text NOT NULL,
	`profile` text NOT NULL,
	`position` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `events` (
	`position` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`type` text NOT NULL,
	`version` integer NOT NULL,
	`source` text NOT NULL,
	`subject` text NOT NULL,
	`time` text NOT NULL,
	`dealer_id` text NOT NULL,
	`lane` text,
	`epoch` integer,
	`sequence` integer,
	`correlation_id` text NOT NULL,
	`causation_id` text,
	`traceparent` text,
	`idempotency_key` text,
	`request_digest` text,
	`data` text NOT NULL,
	`applied` text,
	`recorded_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_id` ON `events` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `events_identity` ON `events` (`lane`,`epoch`,`sequence`) WHERE sequence IS NOT NULL;--> statement-breakpoint
CREATE INDEX `events_subject` ON `events` (`subject`,`position`);--> statement-breakpoint
CREATE INDEX `events_type` ON `events` (`type`,`position`);--> statement-breakpoint
CREATE UNIQUE INDEX `events_idempotency` ON `events` (`idempotency_key`) WHERE idempotency_key IS NOT NULL;--> statement-breakpoint
CREATE TABLE `expectations` (
	`held` integer NOT NULL,
	CONSTRAINT "expectation_held" CHECK("expectations"."held" = 1)
);
--> statement-breakpoint
CREATE TABLE `feedback` (
	`feedback_id` text PRIMARY KEY NOT NULL,
	`target_kind` text NOT NULL,
	`target_id` text NOT NULL,
	`signal` text NOT NULL,
	`snapshot` text NOT NULL,
	`created_at` text NOT NULL,
	`position` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `inbox` (
	`stream` text NOT NULL,
	`sequence` integer NOT NULL,
	`event_id` text NOT NULL,
	`received_at_ms` integer NOT NULL,
	PRIMARY KEY(`stream`, `sequence`)
);
--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `orders` (
	`order_id` text PRIMARY KEY NOT NULL,
	`order_number` text NOT NULL,
	`dealer_id` text NOT NULL,
	`po_number` text,
	`currency` text NOT NULL,
	`net_minor` integer NOT NULL,
	`gross_minor` integer NOT NULL,
	`line_count` integer NOT NULL,
	`backordered` integer NOT NULL,
	`placed_at` text NOT NULL,
	`position` integer NOT NULL,
	`lane` text,
	`epoch` integer,
	`sequence` integer,
	`accepted_at` text,
	`rejected_at` text,
	`cancelled_at` text,
	`paid_at` text,
	`declined_at` text,
	`shipped_at` text
);
--> statement-breakpoint
CREATE INDEX `orders_placed` ON `orders` (`placed_at`);--> statement-breakpoint
CREATE TABLE `prices` (
	`sku` text NOT NULL,
	`price_list_id` text NOT NULL,
	`version` integer NOT NULL,
	`effective_from` text NOT NULL,
	`effective_to` text,
	`snapshot` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`sku`, `price_list_id`, `version`)
);
--> statement-breakpoint
CREATE TABLE `products` (
	`number` integer PRIMARY KEY NOT NULL,
	`sku` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`category` text NOT NULL,
	`unit` text NOT NULL,
	`status` text NOT NULL,
	`snapshot` text NOT NULL,
	`updated_at` text NOT NULL,
	`position` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `products_sku` ON `products` (`sku`);--> statement-breakpoint
CREATE INDEX `products_category` ON `products` (`category`,`sku`);--> statement-breakpoint
CREATE TABLE `promotions` (
	`promotion_id` text PRIMARY KEY NOT NULL,
	`active_from` text NOT NULL,
	`active_to` text NOT NULL,
	`snapshot` text NOT NULL,
	`position` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `stock` (
	`sku` text PRIMARY KEY NOT NULL,
	`location_id` text NOT NULL,
	`unit` text NOT NULL,
	`on_hand` integer NOT NULL,
	`reserved` integer NOT NULL,
	`available` integer NOT NULL,
	`backordered` integer NOT NULL,
	`version` integer NOT NULL,
	`changed_at` text NOT NULL,
	`position` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tickets` (
	`ticket_id` text PRIMARY KEY NOT NULL,
	`title` text NOT NULL,
	`category` text NOT NULL,
	`priority` text NOT NULL,
	`snapshot` text NOT NULL,
	`created_at` text NOT NULL,
	`position` integer NOT NULL
);
