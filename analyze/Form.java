import module java.base;
import tech.tablesaw.api.*;

/** A form of log: how to know it by its beginning, and how to read it into Tablesaw's columns. */
interface Form {

    /** As --json says it. */
    String name();

    /** Whether a log that begins so has this form; {@code line} is its first line, {@code bytes} its first four. */
    boolean fits(byte[] bytes, String line);

    /**
     * Reads all parts of a log.
     *
     * @param stated the task time, if the reader or a manifest says it
     * @throws IOException if it is broken; the message names file and line
     */
    Read read(Source source, Optional<TaskTime> stated) throws IOException;

    /** How a file of this form looks, for whoever has none. */
    String example();

    /**
     * What a log tells.
     *
     * @param requests whether it tells which request a task belongs to
     * @param queues   whether it tells when a task was submitted
     * @param starts   whether it tells when a task began; else that is inferred
     */
    record Known(boolean requests, boolean queues, boolean starts) {}

    /** What was found: the tasks, threads and requests that have names, lines that are no server's, and remarks. */
    record Read(Table tasks, Map<Long, String> names, Known known, TaskTime time, int skipped,
            List<String> remarks) {}

    /** The columns of every log; moments are microseconds since 1970, a request or thread of -1 is not known. */
    static Table emptyTable() {
        return Table.create(IntColumn.create("request"), IntColumn.create("task"), StringColumn.create("mode"),
                LongColumn.create("thread"), LongColumn.create("received"), LongColumn.create("queued"),
                LongColumn.create("started"), LongColumn.create("ended"), StringColumn.create("outcome"));
    }

    /** Adds a task. */
    static void append(Table tasks, int request, int index, String mode, long thread, long received, long queued,
            long started, long ended, String outcome) {
        tasks.intColumn(0).append(request);
        tasks.intColumn(1).append(index);
        tasks.stringColumn(2).append(mode);
        tasks.longColumn(3).append(thread);
        tasks.longColumn(4).append(received);
        tasks.longColumn(5).append(queued);
        tasks.longColumn(6).append(started);
        tasks.longColumn(7).append(ended);
        tasks.stringColumn(8).append(outcome);
    }
}
