// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the moments when all CPUs stand still: entering the hypervisor one after the other, and leaving it. What runs here runs
 * with interrupts off on every online CPU at once, inside stop_machine(); nothing sleeps, allocates or prints.
 */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>

#include "bulkhead.h"

/* Pairs with launch_done(): what CPUs before this one did is seen by it. */
static void launch_await(struct launch *launch, u32 turn)
{
	while (smp_load_acquire(&launch->turn) != turn)
		cpu_relax();
}

static void launch_done(struct launch *launch)
{
	smp_store_release(&launch->turn, launch->turn + 1);
}

static void launch_one(struct launch *launch, u32 board)
{
	long error;

	if (launch->error)
		return;
	launch->tried = true;
	if (launch->entered) {
		launch->export_base = READ_ONCE(launch->block->export_base);
		launch->export_size = READ_ONCE(launch->block->export_size);
	}
	error = arch_enter(launch->entry, launch->base, board);
	if (error) {
		launch->error = error;
		launch->failed_cpu = board;
		return;
	}
	launch->entered++;
}

/* A CPU that had entered leaves again. The first one tells the hypervisor; without its consent nobody can go. */
static void launch_undo_one(struct launch *launch, u32 board)
{
	long error = 0;

	if (board >= launch->entered)
		return;
	if (board == 0) {
		do {
			error = arch_hypercall(HC_DISABLE_PREPARE, 0, 0, 0, 0);
		} while (error == -EAGAIN);
	}
	if (!error && !launch->undo_error)
		error = arch_exit();
	if (error && !launch->undo_error)
		launch->undo_error = error;
}

static int launch_cpu(void *data)
{
	struct launch *launch = data;
	int board = cpus_board(smp_processor_id());

	/* All CPUs come to the same answer: none changes while they stand here. */
	if (board < 0 || num_online_cpus() != launch->cpu_count) {
		WRITE_ONCE(launch->error, -EAGAIN);
		return -EAGAIN;
	}
	launch_await(launch, (u32)board);
	launch_one(launch, (u32)board);
	launch_done(launch);
	launch_await(launch, launch->cpu_count);
	return 0;
}

static int launch_undo_cpu(void *data)
{
	struct launch *launch = data;
	u32 board = (u32)cpus_board(smp_processor_id());

	launch_await(launch, board);
	launch_undo_one(launch, board);
	launch_done(launch);
	return 0;
}

int launch_enter(struct launch *launch)
{
	int error;

	launch->turn = 0;
	launch->entered = 0;
	launch->error = 0;
	launch->undo_error = 0;
	launch->tried = false;
	error = stop_machine(launch_cpu, launch, cpu_online_mask);
	if (!error && launch->error && launch->entered) {
		launch->turn = 0;
		if (stop_machine(launch_undo_cpu, launch, cpu_online_mask))
			launch->undo_error = -EIO;
	}
	return launch->error ? (int)launch->error : error;
}

struct leave {
	u32 turn; /* a ticket by order of arrival: offline CPUs have none */
	atomic_t next;
	long error;
};

static int launch_leave_cpu(void *data)
{
	struct leave *leave = data;
	u32 ticket = (u32)atomic_fetch_inc(&leave->next);
	long error;

	while (smp_load_acquire(&leave->turn) != ticket)
		cpu_relax();
	error = arch_exit();
	if (error && !leave->error)
		leave->error = error;
	smp_store_release(&leave->turn, ticket + 1);
	return 0;
}

long launch_leave(void)
{
	struct leave leave = { .next = ATOMIC_INIT(0) };
	int error = stop_machine(launch_leave_cpu, &leave, cpu_online_mask);

	return leave.error ? leave.error : error;
}
