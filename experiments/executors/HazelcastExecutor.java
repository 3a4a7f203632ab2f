///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Adds a member to a cluster that runs the tasks of a server: twelve more at a time
//JAVA 25+
//DEPS com.hazelcast:hazelcast:5.7.0
//RUNTIME_OPTIONS --sun-misc-unsafe-memory-access=allow
//MAIN HazelcastExecutor

/*
 * Question     Can the tasks of one server run on more than one machine?
 * Expectation  Yes, twelve on each member of the cluster. The server is the first member; each other one is this file.
 * Run it       jbang -s experiments/executors/HazelcastExecutor.java server.java --executor class:HazelcastExecutor \
 *                  --work 'class:HazelcastExecutor$Remote'
 *              and in one more terminal for each other member: jbang experiments/executors/HazelcastExecutor.java
 *
 *     server ── step ──▶ waiting (FIFO) ──▶ a free slot: member 2, slot 5 ── Task ──▶ member 2 waits the task time
 *        ▲                                                                                     │
 *        └────────── the step goes on, the slot is free again, row 205 is written ◀── Span ────┘
 *
 * Hazelcast's own submit() takes a member at random, where a task may queue while another member idles. So tasks wait
 * here, each member is given as many as it has slots, and a member that joins takes the next twelve at once. If a member
 * dies, what ran there runs again elsewhere: each task ends at least once, and may run twice. If the server dies, what
 * waits here is lost.
 *
 * Clocks       A row's start and end come from the clock of the task's member: its wall clock, read once, and the
 *              nanoseconds since. So what a task took is exact, and so is the order on one member. Tasks of different
 *              members compare as well as their wall clocks agree: members on one machine to microseconds (read from
 *              one clock), on several to what NTP leaves, often some milliseconds. A start before its task was queued
 *              shows that they do not agree; it is written as queued when it started.
 * Other hosts  See executors/hazelcast-hosts.md. Whoever reaches a member's port may join and submit tasks.
 */

import module java.base;
import com.hazelcast.cluster.*;
import com.hazelcast.cluster.Member;
import com.hazelcast.config.*;
import com.hazelcast.core.*;
import com.hazelcast.spi.exception.TargetNotMemberException;

public class HazelcastExecutor implements Supplier<ExecutorService> {

    static final int SLOTS = 12; // of each member, on its own threads
    static final int PORT = 25701; // or the next one that is free
    static final String TASKS = "tasks"; // the name of the executor in the cluster
    static final String NAME = System.getProperty("cluster.name", "lab");
    static final String ADDRESS = System.getProperty("cluster.address", "127.0.0.1"); // this member listens there only
    static final String MEMBERS = System.getProperty("cluster.members", ADDRESS); // where others may be: a,b,c
    static final String CLASSES = System.getProperty("cluster.classes", ""); // more that may arrive: a,b,c
    static final String TASK_MILLIS = "cluster.task.millis", EVENTS = "cluster.events"; // of the server's own process

    /** A member that only runs what others submit. */
    static void main() {
        var member = join().getCluster().getLocalMember().getSocketAddress();
        System.err.println("INFO:     Member of the cluster " + NAME + " on tcp:/" + member + " (Press CTRL+C to leave)");
    }

    @Override
    public ExecutorService get() {
        return new Cluster(join());
    }

    static HazelcastInstance join() {
        System.getProperties().putIfAbsent("hazelcast.logging.type", "none"); // jdk: to standard error
        var config = new Config().setClusterName(NAME)
                .setProperty("hazelcast.phone.home.enabled", "false")
                .setProperty("hazelcast.wait.seconds.before.join", "0")
                .setProperty("hazelcast.socket.bind.any", "false")
                .setProperty("hazelcast.tcp.join.port.try.count", "30"); // from PORT on, at each address
        config.getExecutorConfig(TASKS).setPoolSize(SLOTS);
        var network = config.getNetworkConfig().setPort(PORT);
        network.getInterfaces().setEnabled(true).addInterface(ADDRESS);
        network.getJoin().getMulticastConfig().setEnabled(false);
        network.getJoin().getTcpIpConfig().setEnabled(true).addMember(MEMBERS);
        var allowed = new ClassFilter().addClasses(Task.class.getName(), Span.class.getName()).addClasses(
                CLASSES.split(","));
        config.getSerializationConfig().setJavaSerializationFilterConfig(
                new JavaSerializationFilterConfig().setDefaultsDisabled(true).setWhitelist(allowed));
        return Hazelcast.newHazelcastInstance(config);
    }

    // ---- What travels

    /** A task on its way to a member. */
    record Task(long millis) implements Callable<Span>, Serializable {
        @Override
        public Span call() throws InterruptedException {
            var started = Clock.micros();
            Thread.sleep(millis);
            return new Span(started, Clock.micros());
        }
    }

    /** When it ran, by its member's clock. */
    record Span(long started, long ended) implements Serializable {}

    /** Microseconds since 1970: the wall clock, read once, and what has passed since. */
    static final class Clock {
        static final Instant ANCHOR = Instant.now();
        static final long ANCHOR_NANOS = System.nanoTime();

        static long micros() {
            return ChronoUnit.MICROS.between(Instant.EPOCH, ANCHOR.plusNanos(System.nanoTime() - ANCHOR_NANOS));
        }
    }

    // ---- The server's side

    /** A place for one task: number 205 is slot 5 of the second member. */
    record Slot(Member member, int number) {}

    /** Has one thread, which gives the task that has waited longest to the slot that has been free longest. */
    static final class Cluster extends ThreadPoolExecutor implements InitialMembershipListener {
        final BlockingQueue<Slot> free = new LinkedBlockingQueue<>();
        final AtomicInteger members = new AtomicInteger(), tasks = new AtomicInteger(); // so far
        final HazelcastInstance hazelcast;
        final PrintWriter events;

        Cluster(HazelcastInstance hazelcast) {
            super(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
            this.hazelcast = hazelcast;
            try {
                var file = System.getProperty(EVENTS);
                events = new PrintWriter(file == null ? Writer.nullWriter() : new FileWriter(file), true);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            events.println("request,thread,queued,started,ended");
            hazelcast.getCluster().addMembershipListener(this);
        }

        @Override
        public void execute(Runnable step) {
            var queued = Clock.micros();
            super.execute(() -> {
                var call = new Call(this, tasks.getAndIncrement(), queued, take());
                Thread.startVirtualThread(() -> {
                    ScopedValue.where(Call.CURRENT, call).run(step);
                    free.add(call.slot);
                });
            });
        }

        /** The next free slot; waits for one. */
        Slot take() {
            try {
                return free.take();
            } catch (InterruptedException e) {
                throw new CancellationException();
            }
        }

        Future<Span> submit(long millis, Member member) {
            return hazelcast.getExecutorService(TASKS).submitToMember(new Task(millis), member);
        }

        @Override
        public void init(InitialMembershipEvent event) {
            event.getMembers().forEach(this::add);
        }

        @Override
        public void memberAdded(MembershipEvent event) {
            add(event.getMember());
        }

        /** Its slots are free when it has run a task of no time; one that still starts may not even answer. */
        private void add(Member member) {
            var number = members.incrementAndGet();
            Thread.startVirtualThread(() -> {
                while (hazelcast.getCluster().getMembers().contains(member)) try {
                    submit(0, member).get(500, TimeUnit.MILLISECONDS);
                    for (var slot = 1; slot <= SLOTS; slot++) free.add(new Slot(member, 100 * number + slot));
                    return;
                } catch (TimeoutException again) {
                } catch (InterruptedException | ExecutionException e) {
                    System.err.println("WARNING:  Member " + number + " runs no tasks (" + e + ").");
                    return;
                }
            });
        }

        @Override
        public void memberRemoved(MembershipEvent event) {
            free.removeIf(slot -> slot.member.equals(event.getMember())); // its tasks find out themselves
        }

        @Override
        protected void terminated() {
            hazelcast.shutdown();
        }
    }

    /** What a task of the server does (--work): it waits until a member has run it. */
    public static final class Remote implements Runnable {
        @Override
        public void run() {
            Call.CURRENT.get().run();
        }
    }

    /** A task of the server, in a slot. */
    static final class Call implements Runnable {
        static final ScopedValue<Call> CURRENT = ScopedValue.newInstance();

        final Cluster cluster;
        final int number;
        final long queued;
        Slot slot;

        Call(Cluster cluster, int number, long queued, Slot slot) {
            this.cluster = cluster;
            this.number = number;
            this.queued = queued;
            this.slot = slot;
        }

        @Override
        public void run() {
            while (true) try {
                write(cluster.submit(Long.getLong(TASK_MILLIS, 3_000), slot.member).get());
                return;
            } catch (ExecutionException e) {
                var hasLeft = e instanceof MemberLeftException || e.getCause() instanceof TargetNotMemberException
                        || e.getCause() instanceof HazelcastInstanceNotActiveException;
                if (!hasLeft) throw new IllegalStateException(e.getCause());
                slot = cluster.take(); // so it may run twice: nobody knows how far it came
            } catch (InterruptedException e) {
                throw new CancellationException();
            }
        }

        private void write(Span span) {
            var at = LongStream.of(Math.min(queued, span.started), span.started, span.ended)
                    .mapToObj(micros -> "" + Instant.EPOCH.plus(micros, ChronoUnit.MICROS)).toList();
            cluster.events.printf("%d,%d,%s,%s,%s%n", number, slot.number, at.get(0), at.get(1), at.get(2));
        }
    }
}
