import module java.base;

/** How long a task waits when nothing holds it up, and who says so. */
record TaskTime(Duration time, From from) {

    enum From { option, manifest, log, DEFAULT }

    private static final TaskTime ARTICLE = new TaskTime(Duration.ofSeconds(3), From.DEFAULT);

    /** The end of a task as a line tells it. */
    record End(long at, long thread, int index, String mode) {}

    /** What the ends of a log show, with a remark if one thread id must stand for several threads. */
    record Shown(TaskTime time, List<String> remarks) {}

    long micros() {
        return time.toNanos() / 1_000;
    }

    /** The task time as the remarks call it. */
    String text() {
        return Words.number(time.toNanos() / 1e9) + " s, " + switch (from) {
            case option -> "as --task-time says";
            case manifest -> "as the manifest says";
            case log -> "as the log shows";
            case DEFAULT -> "as in the article, for the log does not show it; say another with --task-time";
        };
    }

    /**
     * The smallest gap between ends that follow each other on one thread (sync tasks) or, if every index has as many
     * ends, between the n-th ends of an index and of the next. Where the first is less than half the second, one
     * thread id stands for several threads, and the second is taken.
     */
    static Shown of(List<End> ends) {
        var onThread = Stream.concat(LongStream.empty().boxed(), ends.stream().filter(end -> end.mode.equals("sync"))
                .collect(Collectors.groupingBy(End::thread)).values().stream().flatMap(TaskTime::gaps))
                .min(Comparator.naturalOrder());
        var ofIndices = ends.stream().collect(Collectors.groupingBy(End::mode)).values().stream()
                .flatMap(TaskTime::gapsOfIndices)
                .min(Comparator.naturalOrder());
        if (onThread.isEmpty() && ofIndices.isEmpty()) return new Shown(ARTICLE, List.of());
        if (onThread.isPresent() && ofIndices.isPresent() && 2 * onThread.get() < ofIndices.get()) return new Shown(
                ofMicros(ofIndices.get()),
                List.of("Ends follow each other faster on one thread than a task takes, so one thread id stands for "
                        + "several threads: this is the log of more than one process."));
        return new Shown(ofMicros(onThread.orElseGet(ofIndices::get)), List.of());
    }

    private static TaskTime ofMicros(long micros) {
        return new TaskTime(Duration.of(micros, ChronoUnit.MICROS), From.log);
    }

    private static Stream<Long> gaps(List<End> ends) {
        var at = ends.stream().mapToLong(End::at).sorted().toArray();
        return IntStream.range(1, at.length).mapToObj(i -> at[i] - at[i - 1]).filter(gap -> gap > 0);
    }

    private static Stream<Long> gapsOfIndices(List<End> ends) {
        var byIndex = new TreeMap<Integer, long[]>();
        ends.stream().collect(Collectors.groupingBy(End::index))
                .forEach((index, of) -> byIndex.put(index, of.stream().mapToLong(End::at).sorted().toArray()));
        if (byIndex.values().stream().mapToInt(at -> at.length).distinct().count() > 1) return Stream.of();
        return byIndex.keySet().stream().filter(index -> byIndex.containsKey(index + 1)).flatMap(index -> IntStream
                .range(0, byIndex.get(index).length).mapToObj(n -> byIndex.get(index + 1)[n] - byIndex.get(index)[n]))
                .filter(gap -> gap > 0);
    }
}
