// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the mapping of board CPU numbers to Linux CPUs and the list of CPUs that are away. The list has its own lock, as the hotplug
 * callback runs under the lock of CPU hotplug, which is taken inside driver_lock.
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "bulkhead.h"

static int board_linux[BULKHEAD_MAX_CPUS]; /* valid while mapped */
static u32 board_count;
static u64 hwids[NR_CPUS];

static struct {
	char cell[BULKHEAD_NAME_SIZE]; /* "": the root's */
	bool online_before;
} away[BULKHEAD_MAX_CPUS]; /* by board CPU */
static DEFINE_SPINLOCK(away_lock);
static int hotplug_state;

static void cpus_read_hwid(void *unused)
{
	hwids[smp_processor_id()] = arch_hwid();
}

int cpus_linux(u32 board)
{
	return board < board_count ? board_linux[board] : -1;
}

int cpus_board(unsigned int cpu)
{
	u32 i;

	for (i = 0; i < board_count; i++)
		if (board_linux[i] == (int)cpu)
			return (int)i;
	return -1;
}

static int cpus_find(u64 hwid)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (hwids[cpu] == hwid)
			return (int)cpu;
	return -1;
}

static int cpus_map_all(const u64 *hwid, u32 count, char *message)
{
	unsigned int cpu;
	u32 i;

	for_each_present_cpu(cpu) if (!cpu_online(cpu)) return main_fail(
		message, -EBUSY, "enable: CPU %u is offline; echo 1 > /sys/devices/system/cpu/cpu%u/online", cpu, cpu);
	if (num_online_cpus() != count)
		return main_fail(message, -ENXIO, "enable: the board has %u CPUs, this kernel runs on %u; use the board of this machine",
				 count, num_online_cpus());
	for (i = 0; i < count; i++) {
		board_linux[i] = cpus_find(hwid[i]);
		if (board_linux[i] < 0)
			return main_fail(message, -ENXIO,
					 "enable: board CPU %u (hwid 0x%llx) is not in this machine; use its own board file", i, hwid[i]);
	}
	return 0;
}

int cpus_map(const u64 *hwid, u32 count, char *message)
{
	int error;

	on_each_cpu(cpus_read_hwid, NULL, 1);
	cpus_read_lock();
	error = cpus_map_all(hwid, count, message);
	cpus_read_unlock();
	board_count = error ? 0 : count;
	return error;
}

void cpus_unmap(void)
{
	spin_lock(&away_lock);
	memset(away, 0, sizeof(away));
	board_count = 0;
	spin_unlock(&away_lock);
}

/* CPU hotplug asks before a CPU comes online, on the CPU that asks. */
static int cpus_may_come(unsigned int cpu)
{
	static unsigned long said[BULKHEAD_MAX_CPUS]; /* jiffies; sysfs asks again and again */
	int board, result = 0;

	spin_lock(&away_lock);
	board = cpus_board(cpu);
	if (board >= 0 && away[board].cell[0]) {
		if (!said[board] || time_after(jiffies, said[board] + 2 * HZ))
			pr_warn("bulkhead: CPU %u belongs to cell %s; destroy the cell to have it back\n", cpu, away[board].cell);
		said[board] = jiffies | 1;
		result = -EBUSY;
	}
	spin_unlock(&away_lock);
	return result;
}

int cpus_take(u32 board, const char *cell, char *message)
{
	int cpu = cpus_linux(board), error = 0;
	char owner[BULKHEAD_NAME_SIZE];
	bool online;

	if (cpu < 0)
		return main_fail(message, -ENXIO, "cell %s: board CPU %u does not exist; the board has %u", cell, board, board_count);
	online = cpu_online(cpu);
	spin_lock(&away_lock);
	strscpy(owner, away[board].cell, sizeof(owner));
	if (!owner[0]) {
		strscpy(away[board].cell, cell, sizeof(away[board].cell));
		away[board].online_before = online;
	}
	spin_unlock(&away_lock);
	if (owner[0])
		return main_fail(message, -EBUSY, "cell %s: board CPU %u (Linux CPU %d) belongs to cell %s; take another one", cell, board,
				 cpu, owner);
	if (online)
		error = remove_cpu(cpu);
	if (!error) {
		arch_park(hwids[cpu]);
		return 0;
	}
	spin_lock(&away_lock);
	away[board].cell[0] = 0;
	spin_unlock(&away_lock);
	return main_fail(message, error, "cell %s: board CPU %u (Linux CPU %d) cannot be taken offline (%d); the root must keep one CPU",
			 cell, board, cpu, error);
}

static bool cpus_is_lost(u32 board)
{
	struct cpu_info *info = kzalloc(sizeof(*info), GFP_KERNEL);
	bool lost = info && enable_active() && hypercall_cpu_info(board, info) == 0 && info->state == CPU_LOST;

	kfree(info);
	return lost;
}

void cpus_return(u32 board)
{
	int cpu = cpus_linux(board), error;
	bool online_before;

	if (cpu < 0)
		return;
	if (cpus_is_lost(board)) {
		pr_warn("bulkhead: CPU %d of cell %s is lost: it did not stop; reset the machine to have it back\n", cpu, away[board].cell);
		return;
	}
	spin_lock(&away_lock);
	away[board].cell[0] = 0;
	online_before = away[board].online_before;
	spin_unlock(&away_lock);
	if (!online_before || cpu_online(cpu))
		return;
	error = add_cpu(cpu);
	if (error)
		pr_warn("bulkhead: CPU %d did not come back online: error %d; try cpu%d/online in sysfs\n", cpu, error, cpu);
}

static void cpus_cycle_one(unsigned int cpu)
{
	int error = remove_cpu(cpu);

	if (!error)
		error = add_cpu(cpu);
	if (error)
		pr_warn("bulkhead: CPU %u cannot be cycled: error %d; KVM will not run on it\n", cpu, error);
}

void cpus_cycle(void)
{
	cpumask_var_t cpus;
	unsigned int cpu;

	if (!alloc_cpumask_var(&cpus, GFP_KERNEL))
		return;
	cpumask_copy(cpus, cpu_online_mask);
	for_each_cpu(cpu, cpus)
		cpus_cycle_one(cpu);
	free_cpumask_var(cpus);
}

int cpus_init(void)
{
	hotplug_state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "bulkhead:owner", cpus_may_come, NULL);
	return hotplug_state < 0 ? hotplug_state : 0;
}

void cpus_exit(void)
{
	cpuhp_remove_state_nocalls(hotplug_state);
}
