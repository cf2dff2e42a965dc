// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns what user space sees without asking: /sys/class/misc/bulkhead/{enabled,version,refusal,cells/NAME/...} and the uevents. The
 * files of a cell take no lock of ours: its directory exists only while the cell does, and removing it waits for readers.
 */
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "bulkhead.h"
#include "compat.h"

#define WATCH_PERIOD (HZ / 2)

static struct kobject *cells;
static void sysfs_poll(struct work_struct *work);
static DECLARE_DELAYED_WORK(watch, sysfs_poll);
static u64 watched; /* length of the hypervisor's log when it was last looked at */

const char *sysfs_state_name(u32 state)
{
	static const char *const names[CELL_STATES] = {
		[CELL_FREE] = "free",           [CELL_CREATED] = "created", [CELL_LOADED] = "loaded", [CELL_RUNNING] = "running",
		[CELL_SUSPENDED] = "suspended", [CELL_STOPPED] = "stopped", [CELL_FAILED] = "failed", [CELL_DESTROYED] = "destroyed",
	};

	return state < CELL_STATES ? names[state] : "unknown";
}

void sysfs_event(const char *event, struct cell_record *record, u32 state)
{
	char event_line[40], cell_line[BULKHEAD_NAME_SIZE + 16], state_line[40];
	char *environment[] = { event_line, NULL, NULL, NULL };

	snprintf(event_line, sizeof(event_line), "BULKHEAD_EVENT=%s", event);
	if (record) {
		snprintf(cell_line, sizeof(cell_line), "BULKHEAD_CELL=%s", record->name);
		snprintf(state_line, sizeof(state_line), "BULKHEAD_STATE=%s", sysfs_state_name(state));
		environment[1] = cell_line;
		environment[2] = state_line;
	}
	kobject_uevent_env(&main_device()->kobj, KOBJ_CHANGE, environment);
	if (record && record->visible)
		sysfs_notify(&record->kobject, NULL, "state");
}

static ssize_t enabled_show(struct device *device, struct device_attribute *attribute, char *buffer)
{
	return sysfs_emit(buffer, "%d\n", enable_active());
}
static DEVICE_ATTR_RO(enabled);

static ssize_t version_show(struct device *device, struct device_attribute *attribute, char *buffer)
{
	return sysfs_emit(buffer, "%s abi %u.%u\n", BULKHEAD_VERSION, BULKHEAD_ABI_MAJOR, BULKHEAD_ABI_MINOR);
}
static DEVICE_ATTR_RO(version);

/* Why this kernel cannot be put on the hypervisor, in the words of enable, and as it logged; empty: it can, or it is on it. */
static ssize_t refusal_show(struct device *device, struct device_attribute *attribute, char *buffer)
{
	char message[BULKHEAD_MESSAGE_SIZE];
	int error;

	mutex_lock(&driver_lock);
	error = enable_active() ? 0 : arch_check(message);
	mutex_unlock(&driver_lock);
	return error ? sysfs_emit(buffer, "%s\n", message) : 0;
}
static DEVICE_ATTR_ADMIN_RO(refusal);

static struct attribute *main_attributes[] = { &dev_attr_enabled.attr, &dev_attr_version.attr, &dev_attr_refusal.attr, NULL };
static const struct attribute_group main_group = { .attrs = main_attributes };
const struct attribute_group *sysfs_groups[] = { &main_group, NULL };

static struct cell_record *sysfs_record(struct kobject *kobject)
{
	return container_of(kobject, struct cell_record, kobject);
}

/* info: to be freed by the caller; NULL: no memory, or no cell. */
static struct cell_info *sysfs_info(struct kobject *kobject)
{
	struct cell_info *info = kzalloc(sizeof(*info), GFP_KERNEL);

	if (info && hypercall_cell_info(sysfs_record(kobject)->id, info)) {
		kfree(info);
		return NULL;
	}
	return info;
}

static ssize_t id_show(struct kobject *kobject, struct kobj_attribute *attribute, char *buffer)
{
	return sysfs_emit(buffer, "%u\n", sysfs_record(kobject)->id);
}

static ssize_t state_show(struct kobject *kobject, struct kobj_attribute *attribute, char *buffer)
{
	struct cell_info *info = sysfs_info(kobject);
	ssize_t length = info ? sysfs_emit(buffer, "%s\n", sysfs_state_name(info->state)) : -ENODEV;

	kfree(info);
	return length;
}

/* Linux CPU numbers in vCPU order. */
static ssize_t cpus_show(struct kobject *kobject, struct kobj_attribute *attribute, char *buffer)
{
	struct cell_info *info = sysfs_info(kobject);
	ssize_t length = 0;
	u32 i;

	if (!info)
		return -ENODEV;
	for (i = 0; i < info->cpu_count && i < BULKHEAD_MAX_CPUS; i++)
		length += sysfs_emit_at(buffer, (int)length, "%s%d", i ? " " : "", cpus_linux(info->cpus[i]));
	length += sysfs_emit_at(buffer, (int)length, "\n");
	kfree(info);
	return length;
}

static ssize_t memory_show(struct kobject *kobject, struct kobj_attribute *attribute, char *buffer)
{
	struct cell_info *info = sysfs_info(kobject);
	ssize_t length = 0;
	u32 i;

	if (!info)
		return -ENODEV;
	for (i = 0; i < info->memory_count && i < CELL_MAX_MEMORY; i++)
		length += sysfs_emit_at(buffer, (int)length, "0x%llx 0x%llx host 0x%llx\n", info->memory[i].gpa, info->memory[i].size,
					info->memory[i].host);
	kfree(info);
	return length;
}

/* Bytes: how far the zeroing is that create begins with and destroy ends with. */
static ssize_t scrub_left_show(struct kobject *kobject, struct kobj_attribute *attribute, char *buffer)
{
	struct cell_info *info = sysfs_info(kobject);
	ssize_t length = info ? sysfs_emit(buffer, "%llu\n", info->scrub_left) : -ENODEV;

	kfree(info);
	return length;
}

static ssize_t fault_show(struct kobject *kobject, struct kobj_attribute *attribute, char *buffer)
{
	static const char *const names[] = {
#define FAULT_NAME(n, NAME, name, help) [n] = name,
		FAULT_CAUSES(FAULT_NAME)
	};
	struct cell_info *info = sysfs_info(kobject);
	const char *name;
	ssize_t length;

	if (!info)
		return -ENODEV;
	name = info->fault.cause < ARRAY_SIZE(names) && names[info->fault.cause] ? names[info->fault.cause] : "unknown";
	length = sysfs_emit(buffer, "%s pc=0x%llx address=0x%llx\n", name, info->fault.pc, info->fault.address);
	kfree(info);
	return length;
}

static struct kobj_attribute id_attribute = __ATTR_RO(id);
static struct kobj_attribute state_attribute = __ATTR_RO(state);
static struct kobj_attribute cpus_attribute = __ATTR_RO(cpus);
static struct kobj_attribute memory_attribute = __ATTR_RO(memory);
static struct kobj_attribute scrub_left_attribute = __ATTR_RO(scrub_left);
static struct kobj_attribute fault_attribute = __ATTR_RO(fault);
static struct attribute *cell_attribute_attrs[] = { &id_attribute.attr,         &state_attribute.attr, &cpus_attribute.attr,
						    &memory_attribute.attr,     &scrub_left_attribute.attr,
						    &fault_attribute.attr, NULL };
ATTRIBUTE_GROUPS(cell_attribute);

static void sysfs_release(struct kobject *kobject)
{
	kfree(sysfs_record(kobject));
}

static const struct kobj_type cell_type = {
	.release = sysfs_release,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = cell_attribute_groups,
};

/* Without a directory the cell works all the same. */
void sysfs_add_cell(struct cell_record *record)
{
	int error = kobject_init_and_add(&record->kobject, &cell_type, cells, "%s", record->name);

	record->visible = !error;
	if (error)
		pr_warn("bulkhead: cell %s is not shown in sysfs: error %d\n", record->name, error);
}

void sysfs_remove_cell(struct cell_record *record)
{
	if (record->visible)
		kobject_del(&record->kobject);
	kobject_put(&record->kobject);
}

static void sysfs_look(struct cell_record *record)
{
	struct cell_info *info = sysfs_info(&record->kobject);

	if (info && info->state != record->last_state) {
		record->last_state = info->state;
		sysfs_event(info->state == CELL_FAILED ? "fault" : "state", record, info->state);
	}
	kfree(info);
}

/* Each end of a cell is a line in the hypervisor's log before it is told. A log that cannot be read may have grown. */
static bool sysfs_log_grew(u64 *length)
{
	const struct console_ring *ring = enable_exports()->ring;

	*length = ring ? smp_load_acquire(&ring->total) : 0;
	return !ring || *length != READ_ONCE(watched);
}

/*
 * Cells stop and fail by themselves. Where no interrupt tells (notify.c) the poll reads the length of the hypervisor's log from time to
 * time. Hypercalls are made only when it grew.
 */
static void sysfs_poll(struct work_struct *work)
{
	struct cell_record *record;
	u64 length;

	mutex_lock(&driver_lock);
	if (enable_active() && sysfs_log_grew(&length)) {
		WRITE_ONCE(watched, length);
		list_for_each_entry(record, &cell_records, link)
			sysfs_look(record);
	}
	channel_look();
	if (enable_active() && !notify_irq() && !list_empty(&cell_records))
		schedule_delayed_work(&watch, WATCH_PERIOD);
	mutex_unlock(&driver_lock);
}

void sysfs_watch(void)
{
	if (!notify_irq())
		schedule_delayed_work(&watch, WATCH_PERIOD);
}

void sysfs_look_now(void)
{
	u64 length;

	if (sysfs_log_grew(&length))
		mod_delayed_work(system_percpu_wq, &watch, 0);
}

void sysfs_forget(void)
{
	watched = 0;
}

int sysfs_init(void)
{
	cells = kobject_create_and_add("cells", &main_device()->kobj);
	return cells ? 0 : -ENOMEM;
}

void sysfs_exit(void)
{
	cancel_delayed_work_sync(&watch);
	kobject_put(cells);
}
