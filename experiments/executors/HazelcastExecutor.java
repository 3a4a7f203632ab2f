///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION One more member for the cluster that runs a server's tasks: twelve more at a time
//JAVA 25+
//DEPS com.hazelcast:hazelcast:5.7.0
//RUNTIME_OPTIONS --sun-misc-unsafe-memory-access=allow
//MAIN HazelcastExecutor

/*
 * Run it       jbang -s experiments/executors/HazelcastExecutor.java server.java \
 *                  --executor class:HazelcastExecutor --work 'class:HazelcastExecutor$Remote'
 *              and for each other member, in a terminal of its own: jbang experiments/executors/HazelcastExecutor.java
 *
 *     server ── step ──▶ waits, FIFO ──▶ a free slot: member 2, slot 5 ── Task ──▶ member 2 waits for the task time
 *        ▲                                                                                    │
 *        └────────── the step ends, row 205 is written, the slot is free again ◀── Span ──────┘
 *
 * Hazelcast's own submit() may choose a busy member, where a task is queued while another member idles. So tasks wait
 * on the server, and each member gets as many as it has slots. If a member dies, the tasks that ran there run again: a
 * task runs at least once, perhaps twice. If the server dies, its tasks are lost.
 *
 * For sync tasks only. JVM options of the server: -Dcluster.task.millis=N, how long a task waits (default: 3000;
 * --task-time has no effect), and -Dcluster.events=FILE, a CSV row for each task.
 *
 * Clocks       Start and end come from the clock of the task's member: the wall clock, read once, plus the nanoseconds
 *              since. So durations, and the order on one member, are exact. Members on one machine have read one wall
 *              clock, at different times; on several machines they agree as those clocks do, often to milliseconds.
 * Other hosts  hazelcast-hosts.md, in this folder. Whoever reaches a member's port can join the cluster.
 */

import module java.base;
import com.hazelcast.cluster.*;
import com.hazelcast.config.*;
import com.hazelcast.core.*;
import com.hazelcast.internal.partition.PartitionStateVersionMismatchException;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.spi.exception.TargetNotMemberException;

/** An executor for {@code --executor class:HazelcastExecutor}, together with the work {@link Remote}. */
public class HazelcastExecutor implements Supplier<ExecutorService> {

    static final int SLOTS = 12, PORT = 25701; // of each member; the port or the next one that is free
    static final String NAME = System.getProperty("cluster.name", "lab");
    static final String ADDRESS = System.getProperty("cluster.address", "127.0.0.1"); // it listens there alone
    static final String MEMBERS = System.getProperty("cluster.members", ADDRESS); // where others are: a,b,c
    static final long TASK_MILLIS = Long.getLong("cluster.task.millis", 3_000); // it and EVENTS: of the server only
    static final String EVENTS = System.getProperty("cluster.events", ""); // a CSV file

    /** A member that runs what a server submits. */
    static void main(String... arguments) {
        if (arguments.length > 0) {
            System.err.println("Usage: jbang HazelcastExecutor.java, without arguments; see the comment at its top.");
            System.exit(arguments[0].equals("--help") ? 0 : 2);
        }
        var address = join().getCluster().getLocalMember().getSocketAddress();
        System.err.println("INFO:     In the cluster " + NAME + " as tcp:/" + address + " (Press CTRL+C to leave)");
    }

    @Override
    public ExecutorService get() { return new Cluster(join()); }

    /** Joins the cluster, where tasks of these classes may arrive, too. */
    static HazelcastInstance join(Class<?>... more) {
        return Hazelcast.newHazelcastInstance(config(more));
    }

    static Config config(Class<?>... more) {
        System.getProperties().putIfAbsent("hazelcast.logging.type", "none"); // jdk shows what it says
        var config = new Config().setClusterName(NAME).setProperty("hazelcast.phone.home.enabled", "false")
                .setProperty("hazelcast.wait.seconds.before.join", "0")
                .setProperty("hazelcast.socket.bind.any", "false")
                .setProperty("hazelcast.tcp.join.port.try.count", "30");
        config.getExecutorConfig("tasks").setPoolSize(SLOTS);
        var network = config.getNetworkConfig().setPort(PORT);
        network.getInterfaces().setEnabled(true).addInterface(ADDRESS);
        network.getJoin().getMulticastConfig().setEnabled(false);
        network.getJoin().getTcpIpConfig().setEnabled(true).addMember(MEMBERS);
        var known = new ClassFilter().addPackages("java.lang", "com.hazelcast.core", "com.hazelcast.spi.exception");
        Stream.of(List.of(Task.class, Span.class), ERRORS, List.of(more)).flatMap(List::stream)
                .forEach(type -> known.addClasses(type.getName()));
        config.getSerializationConfig().setJavaSerializationFilterConfig( // nothing else is deserialized
                new JavaSerializationFilterConfig().setDefaultsDisabled(true).setWhitelist(known));
        return config;
    }

    /**
     * The classes of errors, besides those packages. While a partition moves, a member answers with an error, and
     * Hazelcast tries again. It drops an answer that it may not deserialize, and such a task would never run.
     */
    static final List<Class<?>> ERRORS = List.of(StackTraceElement[].class, Collections.emptyList().getClass(),
            ArrayList.class, ExecutionException.class, TimeoutException.class, CancellationException.class,
            RejectedExecutionException.class, IOException.class, HazelcastSerializationException.class,
            PartitionStateVersionMismatchException.class);

    // ---- What travels

    record Task(long millis) implements Callable<Span>, Serializable {
        @Override
        public Span call() throws InterruptedException {
            var started = now();
            Thread.sleep(millis);
            return new Span(started, now());
        }
    }

    /** When a task ran, in microseconds since 1970 by its member's clock. */
    record Span(long started, long ended) implements Serializable {}

    static final Instant ANCHOR = Instant.now();
    static final long ANCHOR_NANOS = System.nanoTime();

    /** Microseconds since 1970: the wall clock, read once, plus the nanoseconds since. */
    static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, ANCHOR.plusNanos(System.nanoTime() - ANCHOR_NANOS));
    }

    // ---- The server's side

    /** A place for one task; 205 is slot 5 of the second member. */
    record Slot(Member member, int number) {}

    /** Its one thread gives the task that has waited longest to the slot that has been free longest. */
    static final class Cluster extends ThreadPoolExecutor implements InitialMembershipListener {
        final HazelcastInstance hazelcast;
        final BlockingQueue<Slot> free = new LinkedBlockingQueue<>(); // the slots of a dead member fail when taken
        final AtomicInteger members = new AtomicInteger(), tasks = new AtomicInteger(); // so far
        int rows; // written; guarded by this

        Cluster(HazelcastInstance hazelcast) {
            super(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
            this.hazelcast = hazelcast;
            hazelcast.getCluster().addMembershipListener(this);
        }

        @Override
        public void execute(Runnable step) {
            var queued = now();
            super.execute(() -> {
                var call = new Call(this, tasks.getAndIncrement(), queued, new AtomicReference<>(take()));
                Thread.startVirtualThread(() -> {
                    ScopedValue.where(Remote.CALL, call).run(step); // which is Remote, and reports its end
                    free.add(call.slot.get());
                });
            });
        }

        Slot take() {
            try {
                return free.take();
            } catch (InterruptedException e) {
                throw new CancellationException();
            }
        }

        Future<Span> submit(long millis, Member member) {
            return hazelcast.getExecutorService("tasks").submitToMember(new Task(millis), member);
        }

        /** Frees a member's slots when it has run a task of 0 ms: one that is still starting may never answer. */
        void add(Member member) {
            var number = members.incrementAndGet();
            Thread.startVirtualThread(() -> {
                while (hazelcast.getCluster().getMembers().contains(member)) try {
                    submit(0, member).get(100, TimeUnit.MILLISECONDS);
                    for (var slot = 1; slot <= SLOTS; slot++) free.add(new Slot(member, 100 * number + slot));
                    var now = hazelcast.getCluster().getMembers().size();
                    System.err.println("INFO:     Members: %d, slots: %d".formatted(now, now * SLOTS));
                    return;
                } catch (TimeoutException | InterruptedException | ExecutionException | RuntimeException notYet) {
                    LockSupport.parkNanos(20_000_000);
                }
            });
        }

        @Override
        public void init(InitialMembershipEvent event) { event.getMembers().forEach(this::add); }

        @Override
        public void memberAdded(MembershipEvent event) { add(event.getMember()); }

        @Override
        public void memberRemoved(MembershipEvent event) {}

        @Override
        protected void terminated() { hazelcast.shutdown(); }
    }

    /** What a task of the server does (--work): it waits until a member has run it, in whichever slot. */
    public static final class Remote implements Runnable {
        static final ScopedValue<Call> CALL = ScopedValue.newInstance();

        @Override
        public void run() { CALL.get().run(); }
    }

    record Call(Cluster cluster, int number, long queued, AtomicReference<Slot> slot) {
        void run() {
            while (true) try {
                write(cluster.submit(TASK_MILLIS, slot.get().member).get());
                return;
            } catch (ExecutionException e) {
                var hasLeft = e instanceof MemberLeftException || e.getCause() instanceof TargetNotMemberException
                        || e.getCause() instanceof HazelcastInstanceNotActiveException;
                if (!hasLeft) throw new IllegalStateException(e.getCause());
                slot.set(cluster.take()); // it may run twice, for nobody knows how far it came
            } catch (InterruptedException | IOException e) {
                throw new IllegalStateException(e);
            }
        }

        void write(Span span) throws IOException {
            if (EVENTS.isEmpty()) return;
            var row = LongStream.of(Math.min(queued, span.started), span.started, span.ended)
                    .mapToObj(micros -> "" + Instant.EPOCH.plus(micros, ChronoUnit.MICROS))
                    .collect(Collectors.joining(",", number + "," + slot.get().number + ",", "\n"));
            synchronized (cluster) {
                if (cluster.rows++ == 0) { // an older run's rows are not of this one
                    Files.createDirectories(Path.of(EVENTS).toAbsolutePath().getParent());
                    Files.writeString(Path.of(EVENTS), "request,thread,queued,started,ended\n");
                }
                Files.writeString(Path.of(EVENTS), row, StandardOpenOption.APPEND);
            }
        }
    }
}
