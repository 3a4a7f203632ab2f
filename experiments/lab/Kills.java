import module java.base;

/**
 * Kills servers, one after the other, while they work; each finds what the one before it left. What became of each
 * task stands in the journal of the server's executor.
 */
record Kills(List<String> command, Path journal) {

    static final String BETWEEN = "answered, not submitted", AGAIN = "from the kill until all ran again [s]",
            STARTED = "started more than once", ENDED = "ended more than once";
    static final List<String> FIGURES =
            List.of("kills", "answered", BETWEEN, "submitted", "lost", STARTED, ENDED, AGAIN);

    private static final int CONNECTIONS = 16;

    /** A line of the journal. */
    private record Event(Instant at, long process, String id, String what) {}

    private List<Event> events(Predicate<Event> wanted) throws IOException {
        return Files.readAllLines(journal).stream().map(line -> line.split(",")).map(cells -> new Event(
                Instant.parse(cells[0]), Long.parseLong(cells[1]), cells[2], cells[3])).filter(wanted).toList();
    }

    /**
     * Starts and kills this many servers, each at a random moment in the second after its first answer. A final one is
     * not killed: it runs what they left and its own tasks, and ends.
     *
     * @return a row for each time that a task ran to its end; its thread is the server, counted from 1
     */
    List<Model.Row> take(int kills, int requests, Map<String, Double> figures) throws Exception {
        var random = new Random(kills); // the same moments for each executor
        var moments = new TreeSet<Instant>();
        for (var left = kills; left >= 0; left--) {
            try (var server = ServerProcess.start(command)) {
                awaitEnds(events(event -> event.what.equals("found") && event.process == server.process().pid()));
                if (left > 0) {
                    var answered = new CountDownLatch(1);
                    var client = Thread.startVirtualThread(() -> send(server.url(), requests, answered, figures));
                    answered.await(); // or all failed
                    Thread.sleep(random.nextInt(1_000));
                    moments.add(Instant.now());
                    server.close();
                    client.join();
                } else {
                    var begun = System.nanoTime();
                    send(server.url(), requests, new CountDownLatch(1), figures);
                    figures.put("requests/s", requests * 1e9 / (System.nanoTime() - begun));
                    server.stop(ServerProcess.PATIENCE);
                }
            }
        }
        return rows(moments, figures);
    }

    private void awaitEnds(List<Event> tasks) throws IOException, InterruptedException {
        var ids = tasks.stream().map(Event::id).toList();
        var end = System.nanoTime() + ServerProcess.PATIENCE.toNanos();
        while (!events(event -> event.what.equals("ended")).stream().map(Event::id).toList().containsAll(ids)) {
            if (System.nanoTime() > end) throw new IOException("what a killed server left does not end");
            Thread.sleep(20);
        }
    }

    private static void send(URI url, int requests, CountDownLatch answered, Map<String, Double> figures) {
        try {
            Load.send(url, 0, requests, CONNECTIONS, _ -> {
                figures.merge("answered", 1.0, Double::sum);
                answered.countDown();
            });
        } catch (IOException | InterruptedException killed) { // as it should be
        } finally {
            answered.countDown();
        }
    }

    List<Model.Row> rows(NavigableSet<Instant> kills, Map<String, Double> figures) throws IOException {
        var events = events(_ -> true);
        var servers = events.stream().map(Event::process).distinct().toList();
        var rows = new ArrayList<Model.Row>();
        ToLongFunction<Instant> micros = at -> Duration.between(events.getFirst().at, at).toNanos() / 1_000;
        var tasks = events.stream().collect(Collectors.groupingBy(Event::id, LinkedHashMap::new, Collectors.toList()));
        figures.put("kills", (double) kills.size());
        figures.put("submitted", (double) tasks.size());
        figures.put(BETWEEN, figures.get("answered") - tasks.size());
        for (var name : List.of("lost", STARTED, ENDED)) figures.put(name, 0.0);
        var number = 0; // of the task, in the order in which they were submitted
        for (var task : tasks.values()) {
            var queued = micros.applyAsLong(task.getFirst().at);
            var starts = task.stream().filter(event -> event.what.equals("started")).map(Event::at).toList();
            var ends = task.stream().filter(event -> event.what.equals("ended")).toList();
            if (ends.isEmpty()) figures.merge("lost", 1.0, Double::sum);
            if (ends.size() > 1) figures.merge(ENDED, 1.0, Double::sum);
            if (starts.size() > 1) {
                var kill = kills.floor(starts.get(1));
                figures.merge(STARTED, 1.0, Double::sum);
                if (kill != null && kill.isAfter(starts.getFirst())) // else an engine that stalled began it anew
                    figures.merge(AGAIN, Duration.between(kill, starts.get(1)).toMillis() / 1e3, Math::max);
            }
            for (var end : ends) {
                var start = task.subList(0, task.indexOf(end)).stream().filter(event -> event.what.equals("started")
                        && event.process == end.process).map(Event::at).reduce((_, last) -> last).orElseThrow();
                var kill = kills.floor(start); // since which it waited again, if that interrupted it
                var since = kill != null && starts.getFirst().isBefore(kill) ? micros.applyAsLong(kill) : queued;
                rows.add(new Model.Row(number, 0, "sync", servers.indexOf(end.process) + 1, queued, since,
                        micros.applyAsLong(start), micros.applyAsLong(end.at)));
            }
            number++;
        }
        return rows;
    }
}
