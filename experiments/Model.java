//SOURCES ../analyze.java

import module java.base;

/**
 * The perfect machine: the log that the server would leave if nothing took time but the tasks.
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

    private record Waiting(int request, int task, long queued) {}

    private record InFlight(Waiting task, int number, int thread, long started, double due) {} // due when `served` is so much

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
        var cores = discipline instanceof Shared(_, var n) ? n : Double.POSITIVE_INFINITY; // waiting takes none
        if (discipline.slots() < 1 || cores < 1) throw new IllegalArgumentException("slots and cores must be 1 or more: " + discipline);
        if (tasks < 1) throw new IllegalArgumentException("tasks must be 1 or more, not " + tasks);
        if (!Arrays.equals(arrivals, LongStream.of(arrivals).map(at -> Math.max(0, at)).sorted().toArray()))
            throw new IllegalArgumentException("arrivals must be 0 or more and ascend");
        var mode = discipline instanceof EventLoop ? "async" : "sync";
        var rows = new ArrayList<Row>();
        var queue = new ArrayDeque<Waiting>();
        var inFlight = new PriorityQueue<>(Comparator.comparing(InFlight::due).thenComparing(InFlight::number));
        var taken = new BitSet(); // threads
        int arrived = 0, started = 0;
        double now = 0, served = 0; // nanoseconds: the time, and what a task in flight all that time would have had of a core
        while (arrived < arrivals.length || !inFlight.isEmpty()) {
            var slowdown = Math.max(1, inFlight.size() / cores);
            var end = inFlight.isEmpty() ? Double.POSITIVE_INFINITY : Math.rint(now + (inFlight.peek().due - served) * slowdown);
            var arrival = arrived == arrivals.length ? Double.POSITIVE_INFINITY : 1e3 * arrivals[arrived];
            Waiting next = null;
            if (end <= arrival) {
                var it = inFlight.remove();
                var task = it.task;
                now = end;
                served = it.due;
                taken.clear(it.thread);
                rows.add(new Row(task.request, task.task, mode, it.thread, arrivals[task.request], task.queued, it.started, Math.round(now / 1e3)));
                if (task.task + 1 < tasks) next = new Waiting(task.request, task.task + 1, Math.round(now / 1e3));
            } else {
                served += (arrival - now) / slowdown;
                now = arrival;
                next = new Waiting(arrived, 0, arrivals[arrived++]);
            }
            var late = discipline instanceof NewestFirst && !queue.isEmpty();
            if (next != null && !late) queue.add(next);
            if (!queue.isEmpty() && inFlight.size() < discipline.slots()) { // one came, or one slot fell free
                var task = discipline instanceof NewestFirst ? queue.removeLast() : queue.removeFirst();
                var time = taskTime.applyAsLong(task.request, task.task);
                if (time < 1) throw new IllegalArgumentException("a task's time must be 1 or more, not " + time);
                var thread = switch (discipline) {
                    case EventLoop _ -> 1;
                    case Unbounded _ -> started + 1;
                    default -> taken.nextClearBit(1);
                };
                taken.set(thread);
                inFlight.add(new InFlight(task, started++, thread, Math.round(now / 1e3), Math.rint(served + 1e3 * time))); // whole: ties stay ties
            }
            if (next != null && late) queue.add(next);
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
    static analyze.Log log(List<Row> rows, String name, Duration taskTime) {
        try {
            var file = Files.writeString(Files.createTempFile("model", ".csv"), csv(rows, Instant.EPOCH));
            try {
                return analyze.read(file, name, taskTime);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) { // no room for temporary files
            throw new UncheckedIOException(e);
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
}
