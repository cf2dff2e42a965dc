// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns devices that cells use. A held device is bound to a driver of ours that matches nothing by itself: no other driver can take it,
 * and the bus keeps its clocks, pins and power domain on as for any bound device. Giving it back lets the kernel probe it afresh.
 */
#include <linux/amba/bus.h>
#include <linux/blkdev.h>
#include <linux/clk.h>
#include <linux/console.h>
#include <linux/device.h>
#include <linux/netdevice.h>
#include <linux/platform_device.h>
#include <linux/pnp.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/tty.h>
#include <linux/tty_driver.h>

#include "bulkhead.h"
#include "compat.h"

struct held_clocks {
	struct clk_bulk_data *clocks;
	int count;
};

static int devices_hold(struct device *device)
{
	struct held_clocks *held = devm_kzalloc(device, sizeof(*held), GFP_KERNEL);
	int error;

	if (!held)
		return -ENOMEM;
	held->count = clk_bulk_get_all(device, &held->clocks);
	if (held->count < 0)
		return held->count;
	error = clk_bulk_prepare_enable(held->count, held->clocks);
	if (error) {
		clk_bulk_put_all(held->count, held->clocks);
		return error;
	}
	dev_set_drvdata(device, held);
	return 0;
}

static void devices_let_go(struct device *device)
{
	struct held_clocks *held = dev_get_drvdata(device);

	clk_bulk_disable_unprepare(held->count, held->clocks);
	clk_bulk_put_all(held->count, held->clocks);
}

static int devices_platform_probe(struct platform_device *device)
{
	int error = devices_hold(&device->dev);

	if (error)
		return error;
	pm_runtime_enable(&device->dev);
	error = pm_runtime_resume_and_get(&device->dev);
	if (!error)
		return 0;
	pm_runtime_disable(&device->dev);
	devices_let_go(&device->dev);
	return error;
}

COMPAT_PLATFORM_REMOVE(devices_platform_remove)
{
	pm_runtime_put_sync(&device->dev);
	pm_runtime_disable(&device->dev);
	devices_let_go(&device->dev);
	COMPAT_PLATFORM_REMOVE_RETURN;
}

static struct platform_driver platform_holder = {
	.probe = devices_platform_probe,
	.COMPAT_PLATFORM_REMOVE_MEMBER = devices_platform_remove,
	.driver = { .name = "bulkhead-cell", .suppress_bind_attrs = true },
};

#ifdef CONFIG_ARM_AMBA
#define BUS_NAMES "platform/NAME or amba/NAME"
#define OTHER_HOLDER "amba/", &amba_holder.drv

/* The amba bus has the interface clock and run-time power on already. */
static int devices_amba_probe(struct amba_device *device, const struct amba_id *id)
{
	return devices_hold(&device->dev);
}

static void devices_amba_remove(struct amba_device *device)
{
	devices_let_go(&device->dev);
}

static const struct amba_id no_ids[] = { {} };
static struct amba_driver amba_holder = {
	.probe = devices_amba_probe,
	.remove = devices_amba_remove,
	.id_table = no_ids,
	.drv = { .name = "bulkhead-cell", .suppress_bind_attrs = true },
};

static int devices_other_init(void)
{
	return amba_driver_register(&amba_holder);
}

static void devices_other_exit(void)
{
	amba_driver_unregister(&amba_holder);
}
#elif defined(CONFIG_X86)
#define BUS_NAMES "platform/NAME or pnp/NAME"
#define OTHER_HOLDER "pnp/", &pnp_holder.driver

/* The bus neither switches such a device on nor off, and takes the lack of a probe() for consent. */
static const struct pnp_device_id no_ids[] = { {} };
static struct pnp_driver pnp_holder = {
	.name = "bulkhead-cell",
	.id_table = no_ids,
	.flags = PNP_DRIVER_RES_DO_NOT_CHANGE,
	.driver = { .suppress_bind_attrs = true },
};

static int devices_other_init(void)
{
	return pnp_register_driver(&pnp_holder);
}

static void devices_other_exit(void)
{
	pnp_unregister_driver(&pnp_holder);
}
#else
#define BUS_NAMES "platform/NAME"

static int devices_other_init(void)
{
	return 0;
}

static void devices_other_exit(void)
{
}
#endif

static struct {
	const char *prefix;
	struct device_driver *holder; /* registered: knows its bus, whose own symbol is not always for modules */
} buses[] = {
	{ "platform/", &platform_holder.driver },
#ifdef OTHER_HOLDER
	{ OTHER_HOLDER },
#endif
};

int devices_init(void)
{
	int error = platform_driver_register(&platform_holder);

	if (error)
		return error;
	error = devices_other_init();
	if (error)
		platform_driver_unregister(&platform_holder);
	return error;
}

void devices_exit(void)
{
	devices_other_exit();
	platform_driver_unregister(&platform_holder);
}

#define DESCENDANTS 32

struct family { /* a device and what its driver made of it, breadth first */
	struct device *member[DESCENDANTS];
	unsigned int count;
	bool too_many;
};

static int devices_note(struct device *device, void *data)
{
	struct family *family = data;

	if (family->count == DESCENDANTS) {
		family->too_many = true;
		return 1;
	}
	family->member[family->count++] = get_device(device);
	return 0;
}

static void devices_gather(struct device *device, struct family *family)
{
	unsigned int i;

	memset(family, 0, sizeof(*family));
	devices_note(device, family);
	for (i = 0; i < family->count && !family->too_many; i++)
		device_for_each_child(family->member[i], family, devices_note);
}

static void devices_scatter(struct family *family)
{
	while (family->count > 0)
		put_device(family->member[--family->count]);
}

static bool devices_is_class(const struct device *device, const char *class)
{
	return device->class && !strcmp(device->class->name, class);
}

static bool devices_is_console(const struct device *device)
{
	struct console *console;
	bool found = false;

	if (!device->devt || !devices_is_class(device, "tty"))
		return false;
	compat_console_list_lock();
	for_each_console(console)
	{
		int index = 0;
		struct tty_driver *driver = console->device ? console->device(console, &index) : NULL;

		if (driver && MKDEV(driver->major, driver->minor_start + index) == device->devt)
			found = true;
	}
	compat_console_list_unlock();
	return found;
}

static bool devices_file_is(const struct file *file, const void *arg)
{
	const struct device *device = arg;
	const struct inode *inode = file->f_inode;

	return (S_ISCHR(inode->i_mode) && !devices_is_class(device, "block") && inode->i_rdev == device->devt) ||
	       (S_ISBLK(inode->i_mode) && devices_is_class(device, "block") && inode->i_rdev == device->devt);
}

static int devices_check_member(const char *name, struct device *device, char *message)
{
	struct process_name who;

	if (devices_is_console(device))
		return main_fail(message, -EBUSY, "device %s is the console %s of this kernel; give the cell another UART", name,
				 dev_name(device));
	if (device->devt && process_find_file(devices_file_is, device, &who))
		return main_fail(message, -EBUSY, "device %s is in use by %s (pid %d) through %s; stop it first", name, who.comm, who.pid,
				 dev_name(device));
	if (devices_is_class(device, "block") && atomic_read(&dev_to_bdev(device)->bd_openers))
		return main_fail(message, -EBUSY, "device %s is in use as disk %s; unmount it first", name, dev_name(device));
	if (devices_is_class(device, "net") && to_net_dev(device)->flags & IFF_UP)
		return main_fail(message, -EBUSY, "device %s is in use as interface %s; ip link set %s down", name, dev_name(device),
				 dev_name(device));
	return 0;
}

static int devices_check_free(const char *name, struct device *device, char *message)
{
	struct family *family = kmalloc(sizeof(*family), GFP_KERNEL);
	unsigned int i;
	int error = 0;

	if (!family)
		return -ENOMEM;
	devices_gather(device, family);
	if (family->too_many)
		error = main_fail(message, -EBUSY, "device %s has more than %u devices behind it; give the cell single devices", name,
				  DESCENDANTS);
	for (i = 0; i < family->count && !error; i++)
		error = devices_check_member(name, family->member[i], message);
	devices_scatter(family);
	kfree(family);
	return error;
}

static int devices_bind(struct device *device, struct device_driver *holder, const char *name, char *message)
{
	int error;

	device_release_driver(device);
	error = device_driver_attach(holder, device);
	if (!error && device->driver == holder)
		return 0;
	if (!error)
		error = -EBUSY;
	if (device_attach(device) < 0)
		pr_warn("bulkhead: device %s did not probe again; bind it in sysfs\n", name);
	return main_fail(message, error, "device %s cannot be held for a cell (%d); see dmesg for its clocks and power", name, error);
}

int devices_take(const char *name, struct held_device *held, char *message)
{
	struct device *device;
	unsigned int i;
	int error;

	for (i = 0; i < ARRAY_SIZE(buses); i++)
		if (!strncmp(name, buses[i].prefix, strlen(buses[i].prefix)))
			break;
	if (i == ARRAY_SIZE(buses))
		return main_fail(message, -EINVAL, "device %s: unknown bus; write " BUS_NAMES, name);
	device = bus_find_device_by_name(buses[i].holder->bus, NULL, name + strlen(buses[i].prefix));
	if (!device)
		return main_fail(message, -ENODEV, "device %s does not exist; look below /sys/bus", name);
	if (device->driver == buses[i].holder)
		error = main_fail(message, -EBUSY, "device %s is held for another cell; destroy that cell first", name);
	else
		error = devices_check_free(name, device, message);
	if (!error)
		error = devices_bind(device, buses[i].holder, name, message);
	if (error) {
		put_device(device);
		return error;
	}
	held->device = device;
	strscpy(held->name, name, sizeof(held->name));
	return 0;
}

void devices_return(struct held_device *held)
{
	if (!held->device)
		return;
	device_release_driver(held->device);
	if (device_attach(held->device) < 0)
		pr_warn("bulkhead: device %s did not probe again; bind it in sysfs\n", held->name);
	put_device(held->device);
	held->device = NULL;
}
