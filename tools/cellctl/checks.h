/* SPDX-License-Identifier: GPL-2.0-only */
/* The named checks. Each reports under its own id only, through check_fail() and check_warn(), and relies on its prerequisites. */
#ifndef CELLCTL_CHECKS_H
#define CELLCTL_CHECKS_H

#include "model.h"

struct check {
	const char *id;
	const char *help;
	void (*run)(const struct check *check, const struct check_context *c); /* NULL: reported while the file is read */
	const char *needs[3];                                                  /* ids; NULL ends */
};

/* At a property of a node of the cell file (the node, if it has no such property). The fix follows by message_fix(). */
void check_fail(const struct check *check, const struct check_context *c, int node, const char *property, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void check_warn(const struct check *check, const struct check_context *c, int node, const char *property, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* "0x40000000, 16 MiB" */
const char *range_text(struct range r);

/* checks_cell.c */
void check_cell_version(const struct check *check, const struct check_context *c);
void check_cell_address_cells(const struct check *check, const struct check_context *c);
void check_name_syntax(const struct check *check, const struct check_context *c);
void check_name_duplicate(const struct check *check, const struct check_context *c);
void check_cell_too_big(const struct check *check, const struct check_context *c);
void check_cpu_both(const struct check *check, const struct check_context *c);
void check_cpu_unknown(const struct check *check, const struct check_context *c);
void check_cpu_duplicate(const struct check *check, const struct check_context *c);
void check_cpu_boot(const struct check *check, const struct check_context *c);
void check_cpu_owned(const struct check *check, const struct check_context *c);
void check_cpu_too_many(const struct check *check, const struct check_context *c);
void check_cpu_root_last(const struct check *check, const struct check_context *c);
void check_irq_mode(const struct check *check, const struct check_context *c);
void check_restart_value(const struct check *check, const struct check_context *c);
void check_restart_policy(const struct check *check, const struct check_context *c);
void check_restart_by(const struct check *check, const struct check_context *c);
void check_watchdog(const struct check *check, const struct check_context *c);
void check_feature(const struct check *check, const struct check_context *c);

/* checks_memory.c */
void check_mem_size(const struct check *check, const struct check_context *c);
void check_mem_align(const struct check *check, const struct check_context *c);
void check_mem_wrap(const struct check *check, const struct check_context *c);
void check_mem_overlap(const struct check *check, const struct check_context *c);
void check_mem_beyond(const struct check *check, const struct check_context *c);
void check_mem_not_ram(const struct check *check, const struct check_context *c);
void check_overlap_hypervisor(const struct check *check, const struct check_context *c);
void check_overlap_cell(const struct check *check, const struct check_context *c);
void check_small_pages(const struct check *check, const struct check_context *c);
void check_comm_overlap(const struct check *check, const struct check_context *c);
void check_files(const struct check *check, const struct check_context *c);
void check_file_size(const struct check *check, const struct check_context *c);
void check_entry(const struct check *check, const struct check_context *c);
void check_stdout(const struct check *check, const struct check_context *c);

/* checks_device.c */
void check_device_unknown(const struct check *check, const struct check_context *c);
void check_device_disabled(const struct check *check, const struct check_context *c);
void check_device_root_console(const struct check *check, const struct check_context *c);
void check_device_owned(const struct check *check, const struct check_context *c);
void check_device_reg_count(const struct check *check, const struct check_context *c);
void check_device_page_shared(const struct check *check, const struct check_context *c);
void check_dma_value(const struct check *check, const struct check_context *c);
void check_dma_iommu(const struct check *check, const struct check_context *c);
void check_dma_unprotected(const struct check *check, const struct check_context *c);
void check_overlap_controller(const struct check *check, const struct check_context *c);
void check_reg_size(const struct check *check, const struct check_context *c);
void check_reg_is_ram(const struct check *check, const struct check_context *c);
void check_reg_offset(const struct check *check, const struct check_context *c);
void check_width_value(const struct check *check, const struct check_context *c);
void check_mask_offset(const struct check *check, const struct check_context *c);
void check_irq_unknown(const struct check *check, const struct check_context *c);
void check_irq_private(const struct check *check, const struct check_context *c);
void check_irq_owned(const struct check *check, const struct check_context *c);
void check_irq_shared(const struct check *check, const struct check_context *c);

/* checks_window.c */
void check_channel_syntax(const struct check *check, const struct check_context *c);
void check_channel_duplicate(const struct check *check, const struct check_context *c);
void check_peer_value(const struct check *check, const struct check_context *c);
void check_access_value(const struct check *check, const struct check_context *c);
void check_doorbell_count(const struct check *check, const struct check_context *c);
void check_doorbell_irqs(const struct check *check, const struct check_context *c);
void check_peer_missing(const struct check *check, const struct check_context *c);
void check_peer_one_sided(const struct check *check, const struct check_context *c);
void check_window_zero(const struct check *check, const struct check_context *c);
void check_channel_size(const struct check *check, const struct check_context *c);
void check_channel_doorbells(const struct check *check, const struct check_context *c);
void check_channel_members(const struct check *check, const struct check_context *c);
/* The peers whose files lie beside the cell's. */
void peers_read(struct check_context *c);

/* checks_port.c */
void check_port_range(const struct check *check, const struct check_context *c);
/* Part of check_dma_unprotected(). */
void check_port_dma(const struct check *check, const struct check_context *c);
void check_port_owned(const struct check *check, const struct check_context *c);

#endif
