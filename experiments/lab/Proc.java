import module java.base;

/** What the system says of processes; empty where there is no /proc. */
final class Proc {

    private Proc() {}

    /** The first group of the first match in a file; empty if the file cannot be read. */
    static Optional<String> first(Path file, String pattern) {
        try {
            return Pattern.compile(pattern).matcher(Files.readString(file)).results().map(match -> match.group(1))
                    .findFirst();
        } catch (IOException notOnThisSystem) {
            return Optional.empty();
        }
    }

    private static Optional<Double> status(long pid, String field) {
        return first(Path.of("/proc", "" + pid, "status"), field + ":\\s+(\\d+)").map(Double::valueOf);
    }

    /** How many the process has now; empty where there is no /proc. */
    static Optional<Double> osThreads(long pid) {
        return status(pid, "Threads");
    }

    /** Megabytes of memory that the process holds; empty where there is no /proc. */
    static Optional<Double> residentMegabytes(long pid) {
        return status(pid, "VmRSS").map(kibibytes -> kibibytes * 1.024 / 1e3);
    }

    /** A program of the JDK that this one runs on: java, jcmd. */
    static String jdk(String program) {
        return Path.of(System.getProperty("java.home"), "bin", program).toString();
    }

    /** The jar or folder that a class was loaded from. */
    static Path classes(Class<?> type) {
        return Path.of(URI.create("" + type.getProtectionDomain().getCodeSource().getLocation()));
    }

    /** The folder that the lab lives in, if the current folder is it or lies in it; else the current folder. */
    static Path house() {
        var here = Path.of("").toAbsolutePath();
        for (var folder = here; folder != null; folder = folder.getParent())
            if (Files.exists(folder.resolve("experiments/lab.java"))) return folder;
        return here;
    }

    /** Makes the folder that --out names, before anything is measured. */
    static void makeOut(Path folder) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder))
            throw new IOException("--out " + folder + " is a file, not a folder");
        Files.createDirectories(folder);
    }

    /** All that a program prints until it ends; it is killed, with what it started, if that takes longer. */
    static String output(Process program, Duration patience) throws IOException {
        program.onExit().completeOnTimeout(program, patience.toMillis(), TimeUnit.MILLISECONDS).thenAccept(
                late -> Stream.concat(Stream.of(late.toHandle()), late.descendants()).toList()
                        .forEach(ProcessHandle::destroyForcibly));
        return new String(program.getInputStream().readAllBytes()).strip();
    }

    /** A temporary folder. Its user deletes it; if not, the end of this program does, even after Ctrl-C. */
    static Path temporary(String name) throws IOException {
        var folder = Files.createTempDirectory(name);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                delete(folder);
            } catch (IOException | UncheckedIOException stillWrittenTo) {}
        }));
        return folder;
    }

    /** Deletes a folder with all that is in it, if it is there. */
    static void delete(Path folder) throws IOException {
        if (Files.notExists(folder)) return;
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
