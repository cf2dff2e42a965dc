// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns /dev/bulkhead-channels/NAME, a device for each window the root is a member of; see abi/ioctl.h. What rang and what changed is read
 * from the window's header, so waiting costs no hypercall; who waits is woken from the interrupt of notify.c, or by the poll of sysfs.c.
 *
 * A channel lives as long as its window or a file that has it open. The claim goes back with it, so what is mapped stays memory that
 * nobody else has, and the end of a window waits for no process. A window made anew is another channel.
 *
 * driver_lock: make, end, the last close. Not in open(), which runs under the lock that misc_deregister() takes.
 */
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "bulkhead.h"
#include "compat.h"

struct channel {
	struct list_head link; /* channels_lock */
	struct kref users;     /* the window, and each open file */
	struct claim claim;
	const struct window_header *header;
	u32 id, self; /* of the window; the root's place among its members */
	struct miscdevice misc;
	char name[BULKHEAD_NAME_SIZE + 20];
	char node[BULKHEAD_NAME_SIZE + 20];
	wait_queue_head_t wait;
	struct mutex lock; /* while it is held the window does not end; counts of files */
	bool gone;         /* the hypervisor's window has ended */
	u32 told;          /* channels_lock: all counts when it was last looked at */
};

struct channel_counts { /* sums; both wrap */
	u32 rung, changes;
};

struct channel_file {
	struct channel *channel;
	struct channel_counts seen; /* channel->lock */
};

static LIST_HEAD(channels);
static DEFINE_SPINLOCK(channels_lock);

/* false: the window has ended, though the driver may not know yet; its header is zeroed. */
static bool channel_count(const struct channel *channel, struct channel_counts *counts)
{
	const struct window_header *header = channel->header;
	unsigned int i;

	*counts = (struct channel_counts){ 0 };
	for (i = 0; i < WINDOW_DOORBELLS; i++)
		counts->rung += READ_ONCE(header->member[channel->self].rung[i]);
	for (i = 0; i < WINDOW_MEMBERS; i++)
		counts->changes += READ_ONCE(header->member[i].changes);
	smp_rmb(); /* the magic goes first when the page is zeroed */
	return READ_ONCE(header->magic) == WINDOW_MAGIC;
}

static bool channel_news(struct channel_file *file)
{
	struct channel_counts now;

	if (READ_ONCE(file->channel->gone))
		return true;
	return channel_count(file->channel, &now) &&
	       (now.rung != READ_ONCE(file->seen.rung) || now.changes != READ_ONCE(file->seen.changes));
}

void channel_look(void)
{
	struct channel *channel;
	struct channel_counts now;
	unsigned long flags;

	spin_lock_irqsave(&channels_lock, flags);
	list_for_each_entry(channel, &channels, link) {
		if (!channel_count(channel, &now) || now.rung + now.changes == channel->told)
			continue;
		channel->told = now.rung + now.changes;
		wake_up_interruptible_all(&channel->wait);
	}
	spin_unlock_irqrestore(&channels_lock, flags);
}

static void channel_free(struct kref *users)
{
	struct channel *channel = container_of(users, struct channel, users);

	claims_return(&channel->claim);
	kfree(channel);
}

static int channel_open(struct inode *inode, struct file *file)
{
	struct channel *channel = container_of(file->private_data, struct channel, misc);
	struct channel_file *opened = kzalloc(sizeof(*opened), GFP_KERNEL);

	if (!opened)
		return -ENOMEM;
	kref_get(&channel->users);
	opened->channel = channel;
	if (!channel_count(channel, &opened->seen))
		opened->seen = (struct channel_counts){ 0 };
	file->private_data = opened;
	return nonseekable_open(inode, file);
}

static int channel_release(struct inode *inode, struct file *file)
{
	struct channel_file *opened = file->private_data;

	mutex_lock(&driver_lock);
	kref_put(&opened->channel->users, channel_free);
	mutex_unlock(&driver_lock);
	kfree(opened);
	return 0;
}

/* 1: what there is is now seen, and *rang is set; 0: nothing new. */
static int channel_take(struct channel_file *opened, u32 *rang)
{
	struct channel *channel = opened->channel;
	struct channel_counts now;
	int result = 0;

	mutex_lock(&channel->lock);
	if (channel->gone) {
		result = -EPIPE;
	} else if (channel_news(opened) && channel_count(channel, &now)) {
		*rang = now.rung - opened->seen.rung;
		WRITE_ONCE(opened->seen.rung, now.rung);
		WRITE_ONCE(opened->seen.changes, now.changes);
		result = 1;
	}
	mutex_unlock(&channel->lock);
	return result;
}

static ssize_t channel_read(struct file *file, char __user *user, size_t size, loff_t *position)
{
	struct channel_file *opened = file->private_data;
	u32 rang;
	int result;

	if (size != sizeof(rang))
		return -EINVAL;
	while ((result = channel_take(opened, &rang)) == 0) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(opened->channel->wait, channel_news(opened)))
			return -ERESTARTSYS;
	}
	if (result < 0)
		return result;
	return copy_to_user(user, &rang, sizeof(rang)) ? -EFAULT : (ssize_t)sizeof(rang);
}

static ssize_t channel_write(struct file *file, const char __user *user, size_t size, loff_t *position)
{
	struct channel *channel = ((struct channel_file *)file->private_data)->channel;
	struct bulkhead_ring ring;
	long result;

	if (size != sizeof(ring))
		return -EINVAL;
	if (copy_from_user(&ring, user, sizeof(ring)))
		return -EFAULT;
	mutex_lock(&channel->lock);
	result = channel->gone ? -EPIPE : hypercall(HC_DOORBELL, channel->id, ring.member, ring.doorbell, 0);
	mutex_unlock(&channel->lock);
	return result < 0 ? result : (ssize_t)sizeof(ring);
}

static __poll_t channel_poll(struct file *file, poll_table *table)
{
	struct channel_file *opened = file->private_data;

	poll_wait(file, &opened->channel->wait, table);
	if (READ_ONCE(opened->channel->gone))
		return EPOLLHUP | EPOLLIN | EPOLLRDNORM;
	return EPOLLOUT | EPOLLWRNORM | (channel_news(opened) ? EPOLLIN | EPOLLRDNORM : 0);
}

static int channel_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct channel *channel = ((struct channel_file *)file->private_data)->channel;
	unsigned long pages = channel->claim.size >> PAGE_SHIFT, first = vma->vm_pgoff;

	if (READ_ONCE(channel->gone))
		return -EPIPE;
	if (!(vma->vm_flags & VM_MAYSHARE) || first >= pages || vma_pages(vma) > pages - first)
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC || (first == 0 && vma->vm_flags & VM_WRITE))
		return -EACCES;
	compat_vm_flags_clear(vma, first == 0 ? VM_MAYEXEC | VM_MAYWRITE : VM_MAYEXEC);
	return remap_pfn_range(vma, vma->vm_start, PHYS_PFN(channel->claim.base) + first, vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

static const struct file_operations channel_operations = {
	.owner = THIS_MODULE,
	.open = channel_open,
	.release = channel_release,
	.read = channel_read,
	.write = channel_write,
	.poll = channel_poll,
	.mmap = channel_mmap,
};

/* The root's place; WINDOW_MEMBERS: it is none of them. */
static u32 channel_self(const struct blob_window *window)
{
	u32 i = 0;

	while (i < WINDOW_MEMBERS && strncmp(window->members[i], "root", BULKHEAD_NAME_SIZE))
		i++;
	return i;
}

bool channel_wanted(const struct blob_window *window)
{
	return channel_self(window) < WINDOW_MEMBERS;
}

/* From now on it is looked at: before somebody can wait. */
static void channel_list(struct channel *channel)
{
	struct channel_counts now;

	spin_lock_irq(&channels_lock);
	if (channel_count(channel, &now))
		channel->told = now.rung + now.changes;
	list_add(&channel->link, &channels);
	spin_unlock_irq(&channels_lock);
}

static void channel_unlist(struct channel *channel)
{
	spin_lock_irq(&channels_lock);
	list_del(&channel->link);
	spin_unlock_irq(&channels_lock);
}

struct channel *channel_make(const struct window_header *header, const struct claim *claim)
{
	struct channel *channel = kzalloc(sizeof(*channel), GFP_KERNEL);
	int error;

	if (!channel)
		return NULL;
	kref_init(&channel->users);
	mutex_init(&channel->lock);
	init_waitqueue_head(&channel->wait);
	channel->claim = *claim;
	channel->header = phys_to_virt(claim->base); /* not `header`, a copy */
	channel->id = header->id;
	channel->self = channel_self(&header->window);
	snprintf(channel->name, sizeof(channel->name), "bulkhead-channel-%s", header->window.channel);
	snprintf(channel->node, sizeof(channel->node), "bulkhead-channels/%s", header->window.channel);
	channel->misc = (struct miscdevice){
		.minor = MISC_DYNAMIC_MINOR,
		.name = channel->name,
		.nodename = channel->node,
		.fops = &channel_operations,
		.parent = main_device(),
		.mode = 0600,
	};
	channel_list(channel);
	error = misc_register(&channel->misc);
	if (!error)
		return channel;
	pr_warn("bulkhead: channel %s has no device: error %d\n", header->window.channel, error);
	channel_unlist(channel);
	kfree(channel);
	return NULL;
}

void channel_end(struct channel *channel)
{
	misc_deregister(&channel->misc);
	channel_unlist(channel);
	mutex_lock(&channel->lock);
	WRITE_ONCE(channel->gone, true);
	mutex_unlock(&channel->lock);
	wake_up_interruptible_all(&channel->wait);
	kref_put(&channel->users, channel_free);
}
