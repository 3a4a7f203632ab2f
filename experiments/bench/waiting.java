///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION What a waiting task costs, without HTTP: up to ten million in one process
//JAVA 25+
//SOURCES ../lab/Proc.java
//SOURCES ../lab/Failure.java
//SOURCES ../../analyze/Messages.java
//SOURCES ../../analyze/Bar.java
//SOURCES ../../server.java
//DEPS me.tongfei:progressbar:0.10.1
//MAIN Waiting

/*
 * Question     How many tasks can wait in one process, and what does each of them cost?
 * Expectation  On the event loop, ten million in 2 GB: a task is four small objects. A virtual thread also has a
 *              stack of a few hundred bytes; an OS thread takes a hundred times as much.
 * Run it       jbang experiments/bench/waiting.java
 *
 * Each row is a JVM of its own, which begins tasks as the server does after an answer, and looks at its memory while
 * all of them wait. Live heap is what a full collection leaves; resident memory is what the system counts (Linux).
 */

import module java.base;
import picocli.CommandLine;
import picocli.CommandLine.*;

@Command(name = "waiting.java", mixinStandardHelpOptions = true, version = "1.0",
        description = "Measures what waiting tasks cost; prints a table, each row from a JVM of its own.")
class Waiting implements Callable<Integer> {

    /** Where tasks wait. */
    enum Where {
        EVENT_LOOP("event loop"), VIRTUAL_THREADS("virtual threads"), OS_THREADS("OS threads");

        final String title;

        Where(String title) { this.title = title; }
    }

    private record Row(Where where, int tasks) {}

    private static final List<Row> ROWS = List.of(new Row(Where.EVENT_LOOP, 1_000_000),
            new Row(Where.EVENT_LOOP, 10_000_000), new Row(Where.VIRTUAL_THREADS, 1_000_000),
            new Row(Where.OS_THREADS, 1_000));

    @Option(names = "--where", hidden = true, description = "Measure this row alone, in this process.")
    Where where;
    @Option(names = "--tasks", hidden = true, defaultValue = "1000", description = "Of this row.")
    int tasks;

    static void main(String... args) {
        Locale.setDefault(Locale.ROOT);
        System.exit(new CommandLine(new Waiting())
                .registerConverter(int.class, text -> Server.whole(text, 1, 100_000_000))
                .setExecutionExceptionHandler(new Failure("waiting")).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (where != null) return measure();
        System.out.println("| where tasks wait | tasks | live heap of each [B] | resident memory of each [B] | "
                + "OS threads | begun within [s] |\n| --- | ---: | ---: | ---: | ---: | ---: |");
        for (var row : Bar.over(ROWS, "Measuring")) {
            var java = List.of(Proc.jdk("java"), "-Xmx4g", "-cp", System.getProperty("java.class.path"), "Waiting",
                    "--where", "" + row.where, "--tasks", "" + row.tasks);
            var code = new ProcessBuilder(java).inheritIO().start().waitFor();
            if (code != 0) return code;
        }
        return 0;
    }

    private int measure() throws InterruptedException {
        var server = new Server();
        var started = new CountDownLatch(tasks);
        var mode = where == Where.EVENT_LOOP ? Server.Mode.async : Server.Mode.sync;
        server.taskTime = Duration.ofDays(1);
        if (mode == Server.Mode.sync) server.work = () -> {
            started.countDown();
            LockSupport.park();
        };
        server.executor = where == Where.VIRTUAL_THREADS ? Executors.newVirtualThreadPerTaskExecutor()
                : Executors.newCachedThreadPool();
        var heap = liveHeap();
        var resident = resident();
        var begun = System.nanoTime();
        for (var request = 0; request < tasks; request++)
            server.begin(new Server.Request(request, mode, System.nanoTime()), 0);
        if (mode == Server.Mode.sync) started.await();
        var seconds = (System.nanoTime() - begun) / 1e9;
        var liveOfEach = (liveHeap() - heap) / tasks; // first, for it collects
        System.out.printf("| %s | %,d | %,.0f | %,.0f | %.0f | %.1f |%n",
                where.title, tasks, liveOfEach,
                (resident() - resident) / tasks, Proc.osThreads(ProcessHandle.current().pid()).orElse(Double.NaN),
                seconds);
        Reference.reachabilityFence(server); // until here, or a collection would take the tasks
        Runtime.getRuntime().halt(0); // they would wait on
        return 0;
    }

    /** Bytes that a full collection leaves. */
    private static double liveHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Bytes; not a number where there is no /proc. */
    private static double resident() {
        return Proc.residentMegabytes(ProcessHandle.current().pid()).orElse(Double.NaN) * 1e6;
    }
}
