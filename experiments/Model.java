//SOURCES ../analyze.java

import module java.base;
import picocli.CommandLine;
import picocli.CommandLine.*;

/**
 * The perfect machine: the log that the server would leave if nothing took time but the tasks, and what no machine can run.
 * Time jumps from one end or arrival to the next (discrete-event simulation). Times are microseconds, moments count from the start.
 */
final class Model {

    /** How waiting tasks come to run, and how many at once. */
    sealed interface Discipline { int slots(); }

    /** A free slot takes the oldest waiter, as a thread pool with one queue does. */
    record Slots(int slots) implements Discipline {}

    /** A free slot takes the newest waiter, as AnyIO 3.6.2 does (its issue 538). */
    record NewestFirst(int slots) implements Discipline {}

    /** All wait together on one thread. */
    record EventLoop() implements Discipline { public int slots() { return Integer.MAX_VALUE; } }

    /** A thread for each task. */
    record Unbounded() implements Discipline { public int slots() { return Integer.MAX_VALUE; } }

    /** Tasks compute, oldest first: each of m in flight gets {@code min(1, cores / m)} of a core (processor sharing, Kleinrock 1967). */
    record Shared(int slots, int cores) implements Discipline {}

    /** A row of the events table. Threads count from 1; of the free ones the lowest is taken. */
    record Row(int request, int task, String mode, int thread, long received, long queued, long started, long ended) {}

    /**
     * The rows, in the order of the ends. At one moment the tasks that are due end in the order in which they started, before any request arrives.
     * Each hands over its request's next task, and then its slot is taken; only with {@link NewestFirst}, as seen in AnyIO 3.6.2, a slot is taken by
     * one that waits already, and the next task comes after it.
     *
     * @param arrivals a moment for each request, from 0 on and ascending; exact while all ends within 100 days
     * @param tasks    of each request, 1 or more
     * @param taskTime of a request's task by its index, alone on a core if it computes; 1 or more
     * @throws IllegalArgumentException if one of these, slots or cores is out of its range
     */
    static List<Row> schedule(long[] arrivals, int tasks, ToLongBiFunction<Integer, Integer> taskTime, Discipline discipline) {
        record Waiting(int request, int task, long queued) {}
        record InFlight(Waiting task, int slot, int number, long started, double due) {} // due when `served` is so much
        var cores = discipline instanceof Shared(_, var n) ? n : Double.POSITIVE_INFINITY; // waiting takes none
        if (discipline.slots() < 1 || cores < 1) throw new IllegalArgumentException("slots and cores must be 1 or more: " + discipline);
        if (tasks < 1) throw new IllegalArgumentException("tasks must be 1 or more, not " + tasks);
        if (!Arrays.equals(arrivals, LongStream.of(arrivals).map(at -> Math.max(0, at)).sorted().toArray()))
            throw new IllegalArgumentException("arrivals must be 0 or more and ascend");
        var rows = new ArrayList<Row>();
        var queue = new ArrayDeque<Waiting>();
        var inFlight = new PriorityQueue<>(Comparator.comparing(InFlight::due).thenComparing(InFlight::number));
        var taken = new BitSet();
        int arrived = 0, started = 0;
        double now = 0, served = 0; // nanoseconds: the time, and what a task in flight all that time would have had of a core
        while (arrived < arrivals.length || !inFlight.isEmpty()) {
            var slowdown = Math.max(1, inFlight.size() / cores);
            var end = inFlight.isEmpty() ? Double.POSITIVE_INFINITY : Math.rint(now + (inFlight.peek().due - served) * slowdown);
            Waiting handedOver = null;
            var arrival = arrived == arrivals.length ? Double.POSITIVE_INFINITY : 1e3 * arrivals[arrived];
            if (end <= arrival) {
                var it = inFlight.remove();
                now = end;
                served = it.due;
                var task = it.task;
                var ended = Math.round(now / 1e3);
                rows.add(new Row(task.request, task.task, discipline instanceof EventLoop ? "async" : "sync",
                        discipline instanceof EventLoop ? 1 : discipline instanceof Unbounded ? it.number : it.slot + 1,
                        arrivals[task.request], task.queued, it.started, ended));
                taken.clear(it.slot);
                if (task.task + 1 < tasks) handedOver = new Waiting(task.request, task.task + 1, ended);
            } else {
                served += (arrival - now) / slowdown;
                now = arrival;
                handedOver = new Waiting(arrived, 0, arrivals[arrived++]);
            }
            var late = discipline instanceof NewestFirst && !queue.isEmpty();
            if (handedOver != null && !late) queue.add(handedOver);
            if (!queue.isEmpty() && inFlight.size() < discipline.slots()) { // one came, or one slot fell free
                var task = discipline instanceof NewestFirst ? queue.removeLast() : queue.removeFirst();
                var time = taskTime.applyAsLong(task.request, task.task);
                if (time < 1) throw new IllegalArgumentException("a task's time must be 1 or more, not " + time);
                var slot = taken.nextClearBit(0);
                taken.set(slot);
                inFlight.add(new InFlight(task, slot, ++started, Math.round(now / 1e3), Math.rint(served + 1e3 * time))); // whole: ties stay ties
            }
            if (handedOver != null && late) queue.add(handedOver);
        }
        return rows;
    }

    /** The rows as an events file, with that moment as the start. */
    static String csv(List<Row> rows, Instant start) {
        var iso = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSX").withZone(ZoneOffset.UTC);
        return rows.stream().map(row -> "%d,%d,%s,%d,%s,ok\n".formatted(row.request, row.task, row.mode, row.thread,
                LongStream.of(row.received, row.queued, row.started, row.ended).mapToObj(at -> iso.format(start.plus(at, ChronoUnit.MICROS)))
                        .collect(Collectors.joining(","))))
                .collect(Collectors.joining("", analyze.HEADER + "\n", ""));
    }

    /** The rows, one or more, as a log for figures and pictures. */
    static analyze.Log log(List<Row> rows, String name, Duration taskTime) throws IOException {
        var file = Files.writeString(Files.createTempFile("model", ".csv"), csv(rows, Instant.EPOCH));
        try {
            return analyze.read(file, name, taskTime);
        } finally {
            Files.delete(file);
        }
    }

    /** The discipline that its own toString wrote: {@code Slots[slots=12]}. */
    static Discipline discipline(String text) {
        var numbers = Pattern.compile("\\d+").matcher(text).results().map(MatchResult::group).map(Integer::valueOf).toList();
        return switch (text.replaceFirst("\\[.*", "")) {
            case "Slots" -> new Slots(numbers.getFirst());
            case "NewestFirst" -> new NewestFirst(numbers.getFirst());
            case "EventLoop" -> new EventLoop();
            case "Unbounded" -> new Unbounded();
            case "Shared" -> new Shared(numbers.getFirst(), numbers.getLast());
            default -> throw new IllegalArgumentException("no discipline: " + text);
        };
    }

    /** What would have been logged in place of a log, had the same requests come at the same moments to a perfect machine. */
    static analyze.Log insteadOf(analyze.Log seen, Discipline discipline) {
        var received = new TreeMap<Integer, Long>();
        for (var row : seen.tasks()) received.merge(row.getInt("request"), row.getLong("received") - seen.begun(), Math::min);
        var tasks = (int) seen.tasks().intColumn("task").max() + 1;
        try {
            return log(schedule(received.values().stream().mapToLong(at -> at).sorted().toArray(), tasks, (_, _) -> seen.micros(), discipline),
                    seen.name(), seen.taskTime());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * How far two logs of the same requests lie apart: tasks in flight, of differences that last a tenth of a task time at least, for at a
     * round's end each is wide for a moment; and milliseconds between the ends of the same task.
     */
    static SequencedMap<String, Double> differences(analyze.Log seen, analyze.Log model) {
        var changes = new TreeMap<Long, Integer>(); // at a moment, the difference changes by so much
        for (var log : List.of(seen, model)) {
            var before = 0;
            for (var step : log.steps()) {
                changes.merge(step.at() - log.begun(), (log == seen ? 1 : -1) * (step.inFlight() - before), Integer::sum);
                before = step.inFlight();
            }
        }
        int low = 0, high = Math.max(seen.highest(), model.highest());
        while (low < high) { // what lasts for a difference lasts for every smaller one
            var middle = (low + high + 1) / 2;
            if (longest(changes, middle) >= seen.micros() / 10) low = middle;
            else high = middle - 1;
        }
        var ends = new HashMap<String, Long>();
        for (var row : model.tasks()) ends.put(row.getInt("request") + " " + row.getInt("task"), row.getLong("ended") - model.begun());
        var latest = 0L;
        for (var row : seen.tasks()) {
            var end = ends.get(row.getInt("request") + " " + row.getInt("task"));
            if (end != null) latest = Math.max(latest, Math.abs(row.getLong("ended") - seen.begun() - end));
        }
        var differences = new LinkedHashMap<String, Double>();
        differences.put("off the model: in flight", (double) low);
        differences.put("off the model: end [ms]", latest / 1e3);
        return differences;
    }

    /** Microseconds of the longest time during which the difference is at least so large. */
    private static long longest(SortedMap<Long, Integer> changes, int difference) {
        long longest = 0, since = -1;
        var now = 0;
        for (var change : changes.entrySet()) {
            if (since >= 0) longest = Math.max(longest, change.getKey() - since);
            now += change.getValue();
            if (Math.abs(now) < difference) since = -1;
            else if (since < 0) since = change.getKey();
        }
        return longest;
    }

    // ---- What no machine can run

    static final int MOST_SIMULATED = 1_000_000; // tasks, whose rows take some 100 MB

    /** The highest concurrency, the last end, and for r from 1 to tasks the wait in the queue of the task that waits the r-th least. */
    record Prediction(long tasks, long highest, long makespan, LongUnaryOperator waits) {

        /** The wait that so many percent of the tasks, from 1 to 100, do not exceed (nearest rank). */
        long wait(int percent) {
            return waits.applyAsLong(Math.ceilDiv(Math.multiplyExact(tasks, percent), 100));
        }
    }

    /**
     * Predicts N requests of K equal tasks on S slots with one queue, by a formula, so in constant time and memory.
     *
     * <p><b>All at once.</b> First tasks queue in the order of the requests. So they end, which hands over second tasks in the same order, and so on:
     * the n-th task to start, from 0 on, is task n div N of request n mod N. Tasks run in rounds of w = min(N, S): a round that ends hands over w
     * tasks to the N - w that wait, or all that are left, so the next one is full, too, or the last. So task n starts in round n div w, and there
     * are ⌈NK / w⌉. It was queued at the start if n < N, else when round (n - N) div w ended. With N = qw + r, of the first tasks w each wait
     * 0, 1, … q - 1 rounds, and r wait q. A later one waits n div w - (n - N) div w - 1 rounds: q if n mod w < r, else q - 1.
     *
     * <p><b>At a rate.</b> An unfinished request has one task that waits or is in flight. Where nobody waits it is unfinished for K task times, in
     * which ⌈K · task time · rate⌉ requests come. With as many slots nobody waits; with fewer, all get taken, and the rest is simulated.
     *
     * @param rate requests a second, from 0.000001 to a billion; null for all at once
     * @throws IllegalArgumentException if an argument is below 1, the rate out of its range, or too much would have to be simulated
     * @throws ArithmeticException      if a figure does not fit into 63 bits
     */
    static Prediction predict(long requests, int slots, int tasks, long taskTime, BigDecimal rate) {
        if (requests < 1) throw new IllegalArgumentException("--requests must be 1 or more, not " + requests);
        if (slots < 1) throw new IllegalArgumentException("--slots must be 1 or more, not " + slots);
        if (tasks < 1) throw new IllegalArgumentException("--tasks must be 1 or more, not " + tasks);
        if (taskTime < 1) throw new IllegalArgumentException("--task-time must be a microsecond or more");
        var total = Math.multiplyExact(requests, tasks);
        if (rate == null) {
            long width = Math.min(requests, slots), q = requests / width, r = requests % width;
            LongUnaryOperator longer = n -> n / width * r + Math.min(n % width, r); // tasks before the n-th with n mod w < r
            var shorter = total - requests - (longer.applyAsLong(total) - longer.applyAsLong(requests)); // later tasks that wait q - 1 rounds
            return new Prediction(total, width, Math.multiplyExact(Math.ceilDiv(total, width), taskTime),
                    rank -> taskTime * (rank <= q * width ? (rank - 1) / width : rank <= q * width + shorter ? q - 1 : q));
        }
        if (rate.compareTo(new BigDecimal("0.000001")) < 0 || rate.compareTo(new BigDecimal("1e9")) > 0)
            throw new IllegalArgumentException("--rate must be from 0.000001 to 1000000000 requests a second, not " + rate);
        LongUnaryOperator arrival = n -> BigDecimal.valueOf(n).movePointRight(6).divideToIntegralValue(rate).longValueExact();
        var unfinished = rate.multiply(BigDecimal.valueOf(Math.multiplyExact(taskTime, tasks))).movePointLeft(6).setScale(0, RoundingMode.CEILING)
                .min(BigDecimal.valueOf(requests)).longValueExact();
        if (unfinished <= slots)
            return new Prediction(total, unfinished, Math.addExact(arrival.applyAsLong(requests - 1), taskTime * tasks), _ -> 0);
        if (total > MOST_SIMULATED)
            throw new IllegalArgumentException("At --rate %s requests wait, and %d tasks are too many to simulate (%d at most). ".formatted(rate,
                    total, MOST_SIMULATED)
                    + "Take fewer --requests, more --slots (nobody waits with %d), or leave out --rate.".formatted(unfinished));
        var rows = schedule(LongStream.range(0, requests).map(arrival).toArray(), tasks, (_, _) -> taskTime, new Slots(slots));
        var waits = rows.stream().mapToLong(row -> row.started - row.queued).sorted().toArray();
        return new Prediction(total, slots, rows.getLast().ended, rank -> waits[(int) rank - 1]);
    }

    @Command(name = "predict", mixinStandardHelpOptions = true, sortOptions = false,
            description = "Says how many sync tasks would be in flight at once, how long they would take and wait, on a perfect machine.")
    static final class Predict implements Callable<Integer> {
        @Option(names = "--requests", required = true, paramLabel = "N", description = "Requests, 1 or more.")
        long requests;
        @Option(names = "--slots", required = true, paramLabel = "N", description = "Threads of the pool.")
        int slots;
        @Option(names = "--tasks", defaultValue = "3", paramLabel = "N", description = "Tasks of a request (default: ${DEFAULT-VALUE}).")
        int tasks;
        @Option(names = "--task-time", defaultValue = "3s", paramLabel = "TIME", description = "How long a task waits (default: ${DEFAULT-VALUE}).")
        Duration taskTime;
        @Option(names = "--rate", paramLabel = "N", description = "Requests a second (default: all at once).")
        BigDecimal rate;
        @Spec
        CommandLine.Model.CommandSpec spec;

        @Override
        public Integer call() {
            try {
                var seen = predict(requests, slots, tasks, taskTime.toNanos() / 1_000, rate);
                LongFunction<String> seconds = micros -> analyze.number(micros / 1e6) + " s";
                spec.commandLine().getOut().printf("%-12s%d%nmakespan    %s%nqueue wait  p50 %s, p90 %s, p99 %s, max %s%n",
                        rate == null ? "plateau" : "highest", seen.highest, seconds.apply(seen.makespan), seconds.apply(seen.wait(50)),
                        seconds.apply(seen.wait(90)), seconds.apply(seen.wait(99)), seconds.apply(seen.wait(100)));
                return 0;
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), e.getMessage());
            } catch (ArithmeticException e) {
                throw new ParameterException(spec.commandLine(), "Too many tasks, or they take 292,000 years: take fewer --requests or --tasks");
            }
        }
    }
}
