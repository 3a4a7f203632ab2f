import module java.base;

/**
 * How long what a user types takes: a client until its end, a server until its first answer.
 *
 * @param what  one of the names below
 * @param round in which all were measured, in a shuffled order
 */
record StartUp(String what, int round, double millis) {

    private static final String CLIENT = "./jbang client.java 1 4", CLIENT_PY = "python3 client.py 1 4",
            SERVER = "./jbang server.java", ALONE = "java -cp … Server", UVICORN = "uvicorn";

    /** One is expected to take at most so many times as long as the other. */
    private record Goal(String what, String than, double most) {}

    private static final List<Goal> GOALS = List.of(new Goal(CLIENT, CLIENT_PY, 5), new Goal(SERVER, UVICORN, 3.5),
            new Goal(ALONE, UVICORN, 1.3));

    /** What is measured; without FastAPI and its client, ours alone. */
    static Map<String, List<String>> commands() throws IOException, InterruptedException {
        var jbang = Proc.house().resolve("jbang").toString();
        var commands = new LinkedHashMap<String, List<String>>();
        commands.put(CLIENT, List.of(jbang, Proc.house().resolve("client.java").toString(), "1", "4"));
        commands.put(SERVER, List.of(jbang, Proc.house().resolve("server.java").toString()));
        commands.put(ALONE, Bench.OURS);
        try {
            var python = Peer.named(Speed.FASTAPI).command(0);
            var client = Peer.folder().resolve("fastapi/client.py").toString();
            commands.put(UVICORN, python);
            commands.put(CLIENT_PY, List.of(python.getFirst(), client, "1", "4"));
        } catch (Peer.NotInstalled missing) { // the bench has said so
        }
        return commands;
    }

    /** Measures these in one round; adds what fails to the failures. Call it once before: that builds what must be. */
    static List<StartUp> measure(Map<String, List<String>> commands, int round, Random random, Set<String> failed)
            throws InterruptedException {
        if (commands.isEmpty()) return List.of();
        var names = new ArrayList<>(commands.keySet());
        Collections.shuffle(names, random);
        var took = new ArrayList<StartUp>();
        Bench.attempt("the server for the clients", failed, () -> {
            try (var server = Bench.start(Bench.OURS, Duration.ZERO)) {
                for (var name : names) Bench.attempt(name, failed, () -> {
                    var command = commands.get(name);
                    var millis = name.equals(CLIENT) || name.equals(CLIENT_PY) ? toTheEnd(command, server.url())
                            : Bench.toFirstAnswer(command);
                    took.add(new StartUp(name, round, millis));
                });
            }
        });
        return took;
    }

    private static double toTheEnd(List<String> client, URI url) throws IOException, InterruptedException {
        var whole = Stream.concat(client.stream(), Stream.of("--url", url.toString())).toList();
        var begun = System.nanoTime();
        var process = new ProcessBuilder(whole).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) throw new IOException(said.strip());
        return (System.nanoTime() - begun) / 1e6;
    }

    /** A line a comparison: the median, the ratio with its interval, and what was expected. */
    static String markdown(List<StartUp> all) {
        var lines = new StringJoiner("");
        for (var goal : GOALS) {
            var ours = times(all, goal.what);
            var other = times(all, goal.than);
            if (ours.isEmpty() || other.isEmpty()) continue;
            var ratio = Ratio.of(ours.keySet().stream().filter(other::containsKey)
                    .mapToDouble(round -> ours.get(round) / other.get(round)).toArray());
            lines.add("* `%s`: %s ms, %s times as long as `%s` (%s to %s; expected: at most %s; %s)%n".formatted(
                    goal.what,
                    Speed.number(Verdict.median(List.copyOf(ours.values()))), Speed.number(ratio.middle()), goal.than,
                    Speed.number(ratio.low()), Speed.number(ratio.high()), Words.number(goal.most),
                    ratio.atMost(goal.most)));
        }
        return lines.toString();
    }

    /** Milliseconds by round. */
    private static Map<Integer, Double> times(List<StartUp> all, String what) {
        return all.stream().filter(one -> one.what.equals(what))
                .collect(Collectors.toMap(StartUp::round, StartUp::millis));
    }
}
