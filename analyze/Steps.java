import module java.base;
import tech.tablesaw.api.Table;

/**
 * What is in flight and what waits, at every moment at which that changes; the changes of one microsecond count as
 * one. Kept as numbers, not as objects: ten million tasks have up to thirty million steps.
 */
final class Steps extends AbstractList<Log.Step> {

    private final long[] at;
    private final int[] inFlight, waiting;
    private final int highest;

    Steps(Table tasks) {
        var queued = sorted(tasks, "queued");
        var started = sorted(tasks, "started");
        var ended = sorted(tasks, "ended");
        var moments = merge(queued, started, ended, null, null, null);
        at = new long[moments];
        inFlight = new int[moments];
        waiting = new int[moments];
        merge(queued, started, ended, at, inFlight, waiting);
        highest = IntStream.of(inFlight).max().orElse(0);
    }

    private static long[] sorted(Table tasks, String column) {
        var moments = tasks.longColumn(column).asLongArray();
        Arrays.sort(moments);
        return moments;
    }

    /** Goes through all moments in order and returns how many there are; fills the arrays unless they are null. */
    private static int merge(long[] queued, long[] started, long[] ended, long[] at, int[] inFlight, int[] waiting) {
        int n = ended.length, q = 0, s = 0, e = 0, steps = 0;
        while (e < n) {
            var now = Math.min(ended[e],
                    Math.min(q < n ? queued[q] : Long.MAX_VALUE, s < n ? started[s] : Long.MAX_VALUE));
            while (q < n && queued[q] == now) q++;
            while (s < n && started[s] == now) s++;
            while (e < n && ended[e] == now) e++;
            if (at != null) {
                at[steps] = now;
                inFlight[steps] = s - e;
                waiting[steps] = q - s;
            }
            steps++;
        }
        return steps;
    }

    @Override
    public Log.Step get(int step) {
        return new Log.Step(at[step], inFlight[step], waiting[step]);
    }

    @Override
    public int size() {
        return at.length;
    }

    /** When a step begins: microseconds since 1970. */
    long at(int step) { return at[step]; }

    /** How many tasks are in flight from that step to the next. */
    int inFlight(int step) { return inFlight[step]; }

    /** How many tasks are queued from that step to the next. */
    int waiting(int step) { return waiting[step]; }

    /** The most tasks in flight at a moment; 0 of no task. */
    int highest() {
        return highest;
    }

    /** The most tasks in flight, or waiting, at a moment. */
    int most() {
        return Math.max(highest, IntStream.of(waiting).max().orElse(0));
    }

    /** From the first moment to the last; microseconds. */
    long length() {
        return at.length == 0 ? 0 : at[at.length - 1] - at[0];
    }

    /**
     * The largest k for which there is a window in which at least k tasks are in flight for at least half of it, in
     * all.
     *
     * @param window microseconds; a longer one than the run is the whole run
     */
    int plateau(long window) {
        var wide = Math.min(window, length());
        int low = 0, high = highest;
        while (low < high && wide > 0) { // what holds for k holds for every smaller one
            var middle = (low + high + 1) / 2;
            if (2 * longest(middle, wide) >= wide) low = middle;
            else high = middle - 1;
        }
        return wide > 0 ? low : 0;
    }

    /** The most microseconds of a window in which at least k tasks are in flight. The best one ends with a step. */
    private long longest(int k, long window) {
        long within = 0, longest = 0;
        var first = 0; // the first step of which a part lies in the window
        for (var i = 0; i + 1 < at.length; i++) {
            if (inFlight[i] < k) continue;
            within += at[i + 1] - at[i];
            var from = at[i + 1] - window;
            for (; at[first + 1] <= from; first++) if (inFlight[first] >= k) within -= at[first + 1] - at[first];
            var outside = inFlight[first] >= k ? Math.max(0, from - at[first]) : 0;
            longest = Math.max(longest, within - outside);
        }
        return longest;
    }
}
