import module java.base;

/**
 * Which server a run starts, and with which options; a value.
 *
 * @param peer   another framework's; null for our own server
 * @param cpus   the CPUs that it sees; only a JVM can be told
 * @param jvm    options of our server's JVM
 * @param quiet  whether it prints to nowhere instead of into a file
 */
record Target(Peer peer, int cpus, List<String> jvm, List<String> options, boolean quiet) {

    Target cpus(int cpus) {
        return peer == null || peer.onTheJvm() ? new Target(peer, cpus, jvm, options, quiet) : this;
    }

    /** Runs sync tasks on this executor, as --executor names it: pool:4, virtual, cached, … */
    Target executor(String name) {
        return with("--executor", name);
    }

    /** Runs sync tasks on an executor of the lesson's own, whose class is loaded in the server's process. */
    Target executor(Class<? extends Supplier<ExecutorService>> type) {
        return executor("class:" + type.getName());
    }

    /** Tasks do this instead of waiting. In the server's process it may read only constants of its lesson. */
    Target work(Class<? extends Runnable> type) {
        return with("--work", "class:" + type.getName());
    }

    /** Gives our server's JVM more options. */
    Target jvm(String... more) {
        return new Target(peer, cpus, Stream.concat(jvm.stream(), Stream.of(more)).toList(), options, quiet);
    }

    /** Each request leaves this many tasks instead of three. */
    Target tasks(int tasks) {
        return with("--tasks", "" + tasks);
    }

    /** Discards what it prints. */
    Target silent() { return new Target(peer, cpus, jvm, options, true); }

    private Target with(String option, String value) {
        return new Target(peer, cpus, jvm, Stream.concat(options.stream(), Stream.of(option, value)).toList(), quiet);
    }

    int tasks() {
        var at = options.indexOf("--tasks");
        return at < 0 ? 3 : Integer.parseInt(options.get(at + 1));
    }

    /** The command that starts it, without the options that are the same for all: port, task time, events. */
    List<String> command(List<String> more) throws Peer.NotInstalled, IOException, InterruptedException {
        var start = peer != null ? peer.command(cpus).stream()
                : Stream.of(List.of(Proc.jdk("java")), more, jvm,
                        List.of("-XX:ActiveProcessorCount=" + cpus, "Server"))
                        .flatMap(List::stream);
        return Stream.concat(start, options.stream()).toList();
    }

    /** What a reader types to start it; quoted, for a shell would take the $ of a nested class. */
    String commandToRead() {
        var lesson = options.stream().filter(option -> option.startsWith("class:")).findFirst() // or there is none
                .map(type -> " -s experiments/" + type.replaceAll("class:|\\$.*", "") + ".java").orElse("");
        var start = peer != null ? peer.commandToRead(cpus)
                : "jbang%s%s -R=-XX:ActiveProcessorCount=%d server.java".formatted(lesson,
                        jvm.stream().map(option -> " -R=" + option).collect(Collectors.joining()), cpus);
        var quoted = options.stream().map(option -> option.contains("$") ? "'" + option + "'" : option);
        return Stream.concat(Stream.of(start), quoted).collect(Collectors.joining(" "));
    }
}
