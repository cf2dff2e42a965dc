// SPDX-License-Identifier: GPL-2.0-only
/* Owns the search for processes that have a file open. Nothing is held afterwards: an answer for messages and refusals. */
#include <linux/fdtable.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "bulkhead.h"

struct search {
	bool (*match)(const struct file *file, const void *arg);
	const void *arg;
};

static int process_try_file(const void *data, struct file *file, unsigned int descriptor)
{
	const struct search *search = data;

	return search->match(file, search->arg);
}

/* Threads may have unshared their descriptors; those that share the leader's are looked at once. */
static bool process_has(struct task_struct *task, const struct search *search)
{
	bool found = false;

	task_lock(task);
	if (task->files && (thread_group_leader(task) || task->files != task->group_leader->files))
		found = iterate_fd(task->files, 0, process_try_file, search);
	task_unlock(task);
	return found;
}

bool process_find_file(bool (*match)(const struct file *file, const void *arg), const void *arg, struct process_name *who)
{
	const struct search search = { .match = match, .arg = arg };
	struct task_struct *process, *task;
	bool found = false;

	rcu_read_lock();
	for_each_process_thread(process, task)
	{
		if (!process_has(task, &search))
			continue;
		who->pid = task_tgid_nr(task);
		strscpy(who->comm, process->comm, sizeof(who->comm));
		found = true;
		goto out;
	}
out:
	rcu_read_unlock();
	return found;
}
