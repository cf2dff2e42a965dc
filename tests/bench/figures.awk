# SPDX-License-Identifier: GPL-2.0-only
# rows.tsv, the transcript of bench.sh and the plugin's file -> lines "name<tab>value<tab>limit". Exits 1 if a figure is missing.

function lost(what) {
	print "bench: no figure: " what > "/dev/stderr"
	failed = 1
}

function figure(name, value, limit) {
	printf "%s\t%s\t%s\n", name, value, limit
}

# A number of the first JSON text on the line after "bench: WORD".
function json_number(text, key,    at) {
	at = match(text, "\"" key "\":[0-9]+")
	if (!at) {
		lost(key)
		return 0
	}
	return substr(text, at + length(key) + 3, RLENGTH - length(key) - 3) + 0
}

function difference(from, to, vcpu, name) {
	if (!((from, vcpu, name) in mark) || !((to, vcpu, name) in mark)) {
		lost("mark " from " or " to)
		return 0
	}
	return mark[to, vcpu, name] - mark[from, vcpu, name]
}

function total(from, to, name,    i, sum) {
	for (i = 0; i < vcpus; i++)
		sum += difference(from, to, i, name)
	return sum
}

FNR == 1 { file++ }

file == 1 && /^[0-9]/ { limit_of[$1] = $2; name_of[$1] = $3; rows = $1 + 1 }

file == 2 && match($0, /bench: (enabled|created|destroyed) /) {
	split(substr($0, RSTART), word, " ")
	gsub(/ /, "")
	json[word[2]] = $0
}

file == 3 && /^#sequence/ { for (i = 1; i <= NF; i++) column[i] = $i }
file == 3 && /^[0-9]/ {
	for (i = 5; i <= NF; i++) {
		mark[$2, $4, column[i]] = $i
		last[$4, column[i]] = $i
	}
	by[$2] = $3
	if ($4 + 1 > vcpus) vcpus = $4 + 1
}

function row_figures(    n, vcpu, exits, cost, worst) {
	for (n = 0; n < rows; n++) {
		if (!((256 + 2 * n) in by)) {
			lost(name_of[n])
			continue
		}
		vcpu = by[256 + 2 * n]
		exits = difference(256 + 2 * n, 257 + 2 * n, vcpu, "exits")
		cost = difference(256 + 2 * n, 257 + 2 * n, vcpu, "insns") / 64
		cost = cost == int(cost) ? cost : sprintf("%.1f", cost)
		if (n >= 1 && n <= 13 && cost + 0 > worst + 0) worst = cost
		figure("instructions: " name_of[n] (exits == 64 ? "" : " (" exits / 64 " exits each)"), cost, limit_of[n])
	}
	figure("instructions: worst controller register", worst, 250)
	vcpu = by[288]
	figure("exits per timer interrupt", difference(288, 289, vcpu, "exits") / 64, 0)
}

function step_figures(    i, n, first, other) {
	for (i = 0; i < vcpus; i++) {
		n = difference(10, 11, i, "insns")
		if (n > first) {
			if (first > other) other = first
			first = n
		} else if (n > other)
			other = n
	}
	figure("instructions: enable, first CPU", first, 300000)
	figure("instructions: enable, each other CPU (worst)", other, 5000)
	figure("instructions: create", total(12, 13, "aside"), 30000)
	figure("instructions: create, scrub and the root's hotplug", total(12, 13, "insns"), "-")
	figure("instructions: start", total(14, 255, "insns"), 20000)
	figure("instructions: destroy, scrub and all", total(16, 17, "insns"), "-")
	figure("instructions: disable, all CPUs", total(18, 19, "insns"), "-")
	for (i = n = 0; i < vcpus; i++)
		if (last[i, "longest"] > n) n = last[i, "longest"]
	figure("instructions: longest stretch, interrupts masked", n, 100000)
	for (i = n = 0; i < vcpus; i++)
		n += last[i, "self"]
	figure("exceptions of the hypervisor itself", n, 0)
}

function page_figures(    enabled, destroyed) {
	enabled = json["enabled"]; destroyed = json["destroyed"]
	figure("pages after enable", json_number(enabled, "pages_used"), 60)
	figure("pages of a bare-metal cell with 2 CPUs", json_number(json["created"], "pool_pages"), 8)
	figure("pages not returned after destroy", json_number(destroyed, "root_pool_used") - json_number(enabled, "root_pool_used"), 0)
}

END {
	row_figures()
	step_figures()
	page_figures()
	exit failed
}
