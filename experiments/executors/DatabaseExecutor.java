//DEPS org.slf4j:slf4j-nop:2.0.17
//DEPS com.github.kagkarlsson:db-scheduler:16.7.1
//DEPS com.zaxxer:HikariCP:7.1.0
//DEPS org.xerial:sqlite-jdbc:3.54.1.0
//DEPS org.postgresql:postgresql:42.7.14
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED

/*
 * An executor whose tasks survive the process: db-scheduler keeps them in a database.
 *
 * Run it       jbang -s experiments/executors/DatabaseExecutor.java server.java --executor class:DatabaseExecutor
 *              Send sync requests (as_async=0), end the server with kill -9, and start it again: all tasks that were
 *              submitted run to their end. tasks.csv has a line for each step.
 *
 *     execute ──▶ INSERT ──▶ UPDATE: picked by a thread ──▶ run ──▶ DELETE
 *                 └─ from here on it survives   └─ heartbeats; when four are missed, it is picked again
 *
 * So a task runs at least once, and twice if its process dies between its start and the DELETE.
 *
 * -Ddatabase.url=URL       SQLite or PostgreSQL; H2, if its driver is added (default: SQLite, in tasks.db)
 * -Ddatabase.journal=FILE  what became of each task (default: tasks.csv)
 * -Ddatabase.millis=N      how long a task of an earlier process waits when it is run again (default: 3000)
 */

import module java.base;
import com.github.kagkarlsson.scheduler.ScheduledExecutionsFilter;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.jdbc.DefaultJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;

/** For {@code --executor class:DatabaseExecutor}; the properties in the header say where it keeps its tasks. */
public final class DatabaseExecutor extends AbstractExecutorService implements Supplier<ExecutorService> {

    static final Duration HEARTBEAT = Duration.ofMillis(500); // the default, 5 minutes, takes half an hour to notice
    static final int MISSED = 4; // the fewest that db-scheduler takes; a process that stalls so long counts as dead
    static final List<String> SCHEMA = List.of("""
            CREATE TABLE IF NOT EXISTS scheduled_tasks (
                task_name VARCHAR(100) NOT NULL, task_instance VARCHAR(100) NOT NULL, task_data BYTEA,
                execution_time TIMESTAMP WITH TIME ZONE NOT NULL, picked BOOLEAN NOT NULL, picked_by VARCHAR(100),
                last_success TIMESTAMP WITH TIME ZONE, last_failure TIMESTAMP WITH TIME ZONE,
                consecutive_failures INT, last_heartbeat TIMESTAMP WITH TIME ZONE, version BIGINT NOT NULL,
                priority SMALLINT, PRIMARY KEY (task_name, task_instance))""",
            "CREATE INDEX IF NOT EXISTS due ON scheduled_tasks (execution_time)");

    final Journal journal = new Journal();
    final Map<String, Runnable> steps = new ConcurrentHashMap<>(); // of this process, by the ids in the rows
    final OneTimeTask<Void> work = Tasks.oneTime("work").execute((task, _) -> run(task.getId()));
    final HikariDataSource database = new HikariDataSource();
    final Scheduler scheduler;

    /**
     * Creates the table if it is missing, and begins to run what earlier processes left.
     *
     * @throws SQLException if the database cannot be opened
     * @throws IOException  if the journal cannot be opened
     */
    public DatabaseExecutor() throws SQLException, IOException {
        database.setJdbcUrl(System.getProperty("database.url", "jdbc:sqlite:tasks.db?journal_mode=WAL"));
        database.setMaximumPoolSize(1); // SQLite has one writer; a task holds no connection while it runs
        try (var connection = database.getConnection(); var statement = connection.createStatement()) {
            for (var part : SCHEMA) statement.execute(part);
        }
        scheduler = Scheduler.create(database, work)
                .threads(Math.min(32, Runtime.getRuntime().availableProcessors() + 4)) // as server.java's default
                .enableImmediateExecution().pollingInterval(HEARTBEAT) // polls for what earlier processes left
                .heartbeatInterval(HEARTBEAT).missedHeartbeatsLimit(MISSED)
                .jdbcCustomization(new DefaultJdbcCustomization(false) {
                    @Override
                    public String getQueryLimitPart(int rows) { return " LIMIT " + rows; } // SQLite knows no other
                }).build();
        scheduler.fetchScheduledExecutions(ScheduledExecutionsFilter.all(), // waiting and running ones
                row -> journal.add(row.getTaskInstance().getId(), "found"));
        scheduler.start();
    }

    @Override
    public ExecutorService get() { return this; }

    /** Returns when the task's row is committed, so its caller waits for the database; throws if that fails. */
    @Override
    public void execute(Runnable step) {
        var id = UUID.randomUUID().toString();
        steps.put(id, step); // first, for another thread may run the row at once
        scheduler.schedule(work.schedulableInstance(id));
        journal.add(id, "submitted");
    }

    /**
     * Runs a task of this process, or of an earlier one. A lambda cannot be stored, so only the row is left of an
     * earlier process' task: it waits for database.millis instead.
     */
    void run(String id) {
        journal.add(id, "started");
        var step = steps.remove(id);
        if (step != null) step.run();
        else LockSupport.parkNanos(Long.getLong("database.millis", 3_000) * 1_000_000);
        journal.add(id, "ended");
    }

    /** A line for each thing that happens to a task; each is one write, so a kill tears none and loses none. */
    static class Journal {
        final FileOutputStream file;

        Journal() throws IOException {
            file = new FileOutputStream(System.getProperty("database.journal", "tasks.csv"), true);
        }

        synchronized void add(String id, String event) { // by the wall clock, which processes share
            var process = ProcessHandle.current().pid();
            try {
                file.write("%s,%d,%s,%s\n".formatted(Instant.now(), process, id, event).getBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void shutdown() { // waits for running tasks; those that wait stay in the database
        scheduler.stop();
        database.close();
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        return List.of();
    }

    @Override
    public boolean isShutdown() { return database.isClosed(); }

    @Override
    public boolean isTerminated() { return database.isClosed(); }

    @Override
    public boolean awaitTermination(long time, TimeUnit unit) { return database.isClosed(); }
}
