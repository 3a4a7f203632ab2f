import module java.base;

/**
 * Rounds: all tasks that had started when the first of them ended; 12 of index 0, then 8 of 0 and 4 of 1, are written
 * 0×12 | 0×8 1×4.
 *
 * @param first as many of them as were asked for
 * @param count how many there are
 */
record Rounds(List<String> first, int count) {

    static Rounds of(Log log, int most) {
        long[] started = log.moments("started"), ended = log.moments("ended");
        var index = log.tasks().intColumn("task").asIntArray();
        var order = log.order().clone();
        var ran = 0; // what never ran is in no round
        for (var row : order) if (ended[row] > started[row]) order[ran++] = row;
        var firstEnd = new long[ran + 1]; // the first end among the tasks from here on
        firstEnd[ran] = Long.MAX_VALUE;
        for (var n = ran - 1; n >= 0; n--) firstEnd[n] = Math.min(firstEnd[n + 1], ended[order[n]]);
        var rounds = new ArrayList<String>();
        var count = 0;
        for (int from = 0, to; from < ran; from = to, count++) {
            to = from + 1;
            while (to < ran && started[order[to]] < firstEnd[from]) to++;
            if (count >= most) continue;
            var tasks = new TreeMap<Integer, Integer>();
            for (var n = from; n < to; n++) tasks.merge(index[order[n]], 1, Integer::sum);
            rounds.add(tasks.entrySet().stream().map(each -> each.getKey() + "×" + each.getValue())
                    .collect(Collectors.joining(" ")));
        }
        return new Rounds(rounds, count);
    }

    /** The first of them, for where there is little room. */
    static String text(Log log) {
        var rounds = of(log, 12);
        var more = rounds.count - rounds.first.size();
        return String.join(" | ", rounds.first) + (more == 0 ? "" : " | … and %d more".formatted(more));
    }
}
