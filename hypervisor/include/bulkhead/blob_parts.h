/* SPDX-License-Identifier: GPL-2.0-only */
/* What blob.c and blob_cell.c share; pure. The verifier's own interface is plan.h. */
#ifndef BULKHEAD_BLOB_PARTS_H
#define BULKHEAD_BLOB_PARTS_H

#include <bulkhead/plan.h>

#define BLOB_ADDRESS_LIMIT BIT64(48) /* no architecture here translates more in the modes used; sums below it cannot wrap */

/* One kind of section: all a blob of its type may hold. */
struct blob_rule {
	u16 kind;
	u16 record_size;
	u32 min;
	u32 max;
	u16 arch; /* 0: all */
};

#define BLOB_SECTIONS 9

/* Where the records of rule i stand. */
struct blob_found {
	const void *record[BLOB_SECTIONS];
	u32 count[BLOB_SECTIONS];
};

int __must_check blob_fail(struct blob_error *error, const char *check, u32 section, u32 record);
/* Header and sections; fills found. */
int __must_check blob_structure(const void *blob, u64 size, u16 type, u16 arch, const struct blob_rule *rules, u32 rule_count,
				struct blob_found *found, struct blob_error *error);
bool blob_range_below(struct range r, u64 limit);
/* base: of its registers in memory, or its first of eight ports. */
bool blob_uart_ok(u32 type, u64 base, u16 arch);

#endif
