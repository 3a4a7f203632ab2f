import module java.base;

/**
 * Kills servers, one after the other, while they work; each finds what the one before it left. What became of each
 * task stands in the journal of the server's executor.
 *
 * @param command of the server, without port
 */
record Kills(List<String> command, Path journal, Duration taskTime) {

    private static final int CONNECTIONS = 16;

    /** A line of the journal. */
    private record Event(Instant at, long process, String id, String what) {}

    private List<Event> events() throws IOException {
        return Files.readAllLines(journal).stream().map(line -> line.split(",")).map(cells -> new Event(
                Instant.parse(cells[0]), Long.parseLong(cells[1]), cells[2], cells[3])).toList();
    }

    private Set<String> ids(String what) throws IOException {
        return events().stream().filter(event -> event.what.equals(what)).map(Event::id).collect(Collectors.toSet());
    }

    /**
     * Kills so many servers, each at a random moment in the second after its first answer, and lets the last one end.
     * Without kills, the only server gets the requests and ends when their tasks have ended.
     *
     * @return a row for each time that a task ran to its end; its thread is the server, counted from 1
     */
    List<Model.Row> take(int kills, int requests, Map<String, Double> figures) throws Exception {
        var random = new Random(kills); // the same moments for all executors
        var moments = new TreeSet<Instant>();
        for (var life = 0; life <= kills; life++) {
            try (var server = ServerProcess.start(command, ProcessBuilder.Redirect.DISCARD, ServerProcess.PATIENCE)) {
                var end = System.nanoTime() + ServerProcess.PATIENCE.toNanos();
                while (!ids("ended").containsAll(left(server.process().pid()))) {
                    if (System.nanoTime() > end) throw new IOException("what a killed server left does not end");
                    Thread.sleep(20);
                }
                if (life < kills) {
                    var answered = new CountDownLatch(1);
                    var client = Thread.startVirtualThread(() -> send(server.url(), requests, answered, figures));
                    answered.await();
                    Thread.sleep(random.nextInt(1_000));
                    moments.add(Instant.now());
                    server.close();
                    client.join();
                } else {
                    if (kills == 0) send(server.url(), requests, new CountDownLatch(1), figures);
                    server.stop(ServerProcess.PATIENCE);
                }
            }
        }
        return rows(moments, figures);
    }

    private Set<String> left(long process) throws IOException {
        return events().stream().filter(event -> event.what.equals("found") && event.process == process)
                .map(Event::id).collect(Collectors.toSet());
    }

    private static void send(URI url, int requests, CountDownLatch answered, Map<String, Double> figures) {
        var begun = System.nanoTime();
        try {
            Client.send(url, 0, requests, CONNECTIONS, _ -> {
                figures.merge("acknowledged", 1.0, Double::sum);
                answered.countDown();
            });
            figures.put("requests/s", requests * 1e9 / (System.nanoTime() - begun));
        } catch (IOException | InterruptedException killed) { // as it should be
        }
    }

    private List<Model.Row> rows(NavigableSet<Instant> kills, Map<String, Double> figures) throws IOException {
        var ids = new ArrayList<>(events().stream().map(Event::id).distinct().toList());
        var servers = events().stream().map(Event::process).distinct().toList();
        var first = new HashMap<String, Instant>();
        var starts = new HashMap<String, List<Instant>>();
        var ends = new HashMap<String, Integer>();
        var rows = new ArrayList<Model.Row>();
        var begun = events().getFirst().at;
        for (var event : events()) {
            first.putIfAbsent(event.id, event.at);
            var began = starts.computeIfAbsent(event.id, _ -> new ArrayList<>());
            if (event.what.equals("started")) began.add(event.at);
            if (!event.what.equals("ended")) continue;
            ends.merge(event.id, 1, Integer::sum);
            var moments = Stream.of(first.get(event.id), began.getLast(), event.at)
                    .mapToLong(at -> Duration.between(begun, at).toNanos() / 1_000).toArray();
            rows.add(new Model.Row(ids.indexOf(event.id), 0, "sync", servers.indexOf(event.process) + 1, moments[0],
                    moments[0], moments[1], moments[2]));
        }
        figures.put("kills", (double) kills.size());
        figures.put("stored", (double) ids.size());
        figures.put("ended", (double) ends.size());
        figures.put("begun twice", (double) starts.values().stream().filter(began -> began.size() > 1).count());
        figures.put("ended twice", (double) ends.values().stream().filter(times -> times > 1).count());
        starts.values().stream().filter(began -> began.size() > 1 && !kills.isEmpty())
                .mapToDouble(began -> Duration.between(kills.floor(began.get(1)), began.get(1)).toNanos() / 1e9).max()
                .ifPresent(longest -> figures.put("until they ran again, at most [s]", longest));
        return rows;
    }
}
