import module java.base;

/**
 * Where a log comes from: a file, or several into which it was rotated, the oldest first; any of them may be packed. A
 * pipe is copied into a file first.
 *
 * @param file    the one that people mean by it, of which pictures and messages have their name
 * @param remarks what a reader should know of the files
 */
record Source(Path file, List<Path> parts, List<String> remarks) {

    /** my.log, my.log.1, my.log.2.gz, my.log-20240514, my.csv.gz, my.predicted.csv, recording.jfr. */
    private static final Pattern NAME = Pattern
            .compile("(?s)(.*?)(\\.predicted)?\\.(log|csv|jfr)(?:[.-](\\d[\\d-]*|old|bak))?(\\.gz)?");
    private static final int HEAD = 1 << 16; // bytes that tell what a file is

    static boolean exists(Path file) { return file.toString().equals("-") || Files.exists(file); }

    /** A log in one file; a remark names what it was rotated into and what is not read. */
    static Source of(Path file) throws IOException {
        if (isPipe(file)) return piped(file);
        if (!isLog(file) || isRotated(file)) return new Source(file, List.of(file), List.of());
        var log = file.toAbsolutePath();
        try (var files = Files.list(log.getParent())) {
            var others = files.filter(other -> isRotated(other) && base(other).equals(base(log))).sorted().toList();
            return new Source(file, List.of(file), others.isEmpty() ? List.of()
                    : List.of("Other parts of this log lie beside it and were not read (%s): to read all, name %s*."
                            .formatted(names(others), file.getFileName())));
        } catch (AccessDeniedException hidden) { // then the other files of its folder stay unknown
            return new Source(file, List.of(file), List.of());
        }
    }

    private static Source piped(Path file) throws IOException {
        if (!exists(file)) throw missing(file);
        var copy = temporary(".log");
        try (var in = open(file)) {
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        }
        return new Source(named(file), List.of(copy), List.of());
    }

    static IOException missing(Path path) {
        return new IOException(path + " does not exist; name a log or a folder of logs");
    }

    static boolean isPipe(Path file) { return isStandardInput(file) || !Files.isRegularFile(file); } // read only once

    private static boolean isStandardInput(Path file) { return Set.of("-", "/dev/stdin").contains(file.toString()); }

    /** What pictures and messages call it. */
    static Path named(Path file) {
        return !isPipe(file) ? file : Path.of(isStandardInput(file) ? "stdin" : "pipe-" + file.getFileName());
    }

    /** The bytes of a log or a pipe as they come. */
    static InputStream open(Path file) throws IOException {
        return isStandardInput(file) ? System.in : Files.newInputStream(file);
    }

    /** A file for as long as this program runs. */
    static Path temporary(String ending) throws IOException {
        var file = Files.createTempFile("analyze", ending);
        file.toFile().deleteOnExit();
        return file;
    }

    /**
     * The logs among these files, in the order in which the first of each comes; files into which one log was rotated
     * are one, and a prediction belongs to its run.
     */
    static List<Source> of(Collection<Path> files) throws IOException {
        var runs = files.stream().filter(Source::isLog).map(Source::run).collect(Collectors.toSet());
        var groups = new LinkedHashMap<Path, Map<Path, Path>>(); // of a file named in two ways, the first is taken
        for (var file : files) if (!isPrediction(file) || !runs.contains(run(file)))
            groups.computeIfAbsent(base(full(file)), _ -> new HashMap<>()).putIfAbsent(full(file), file);
        var sources = new ArrayList<Source>();
        for (var group : groups.values()) {
            var parts = group.values().stream().sorted(OLDEST_FIRST).toList();
            if (parts.stream().noneMatch(Source::isRotated) || parts.size() == 1)
                for (var part : parts) sources.add(of(part));
            else sources.add(new Source(parts.getLast(), parts,
                    List.of("It is read from %d files, the oldest first: %s.".formatted(parts.size(), names(parts)))));
        }
        return sources;
    }

    /** The logs in a folder; what holds ends of tasks but is not named like a log is passed over. */
    static List<Path> folder(Path folder, Consumer<Path> passOver) throws IOException {
        var all = files(folder, passOver).sorted().toList();
        var logs = all.stream().filter(Source::isLog).toList();
        var runs = logs.stream().map(Source::run).collect(Collectors.toSet());
        var others = all.stream().filter(file -> !isLog(file))
                .filter(file -> file.getFileName().toString().matches("(?si).*(log|out|err|txt|console).*"))
                .filter(file -> !runs.contains(full(Path.of(file.toString().replaceFirst("\\.\\w+$", "")))))
                .filter(file -> file.toString().matches("(?si).*\\.log\\..*") || Lines.holdsAnEnd(file)).toList();
        if (logs.isEmpty() && others.isEmpty())
            throw new IOException(folder + " holds no log (*.log, *.csv or *.jfr, rotated or packed as *.gz)");
        others.forEach(passOver);
        return logs;
    }

    /** The files below a folder, also while others write there; a folder in it that cannot be read is passed over. */
    static Stream<Path> files(Path folder, Consumer<Path> passOver) throws IOException {
        var files = Stream.<Path>builder();
        try (var entries = Files.newDirectoryStream(folder)) {
            for (var entry : entries) try {
                if (Files.isRegularFile(entry)) files.add(entry);
                else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) files(entry, passOver).forEach(files);
            } catch (IOException hidden) {
                passOver.accept(entry);
            }
        }
        return files.build();
    }

    // ---- Names

    private static final Comparator<Path> OLDEST_FIRST = Comparator.comparing(Source::isRotated).reversed()
            .thenComparing(Source::age, Comparator.reverseOrder()).thenComparing(Path::toString);

    private static String names(List<Path> files) {
        return files.stream().map(file -> file.getFileName().toString()).collect(Collectors.joining(", "));
    }

    /** The parts of a file's name; none if it is not named like a log. */
    private static Optional<MatchResult> parts(Path file) {
        var name = NAME.matcher(String.valueOf(file.getFileName()));
        return name.matches() ? Optional.of(name.toMatchResult()) : Optional.empty();
    }

    /** Whether it is named like a log; a prediction is none. */
    static boolean isLog(Path file) {
        return parts(file).isPresent() && !isPrediction(file);
    }

    private static boolean isPrediction(Path file) { return parts(file).map(name -> name.group(2)).isPresent(); }

    private static Path run(Path file) { return full(file).resolveSibling(name(file)); } // of a log or a prediction

    private static boolean isRotated(Path file) { return parts(file).map(name -> name.group(4)).isPresent(); }

    /** 1, 2, … count backwards in time; dates do not. */
    private static int age(Path file) {
        return parts(file).map(name -> name.group(4)).filter(suffix -> suffix.matches("\\d{1,3}"))
                .map(Integer::valueOf).orElse(Integer.MAX_VALUE);
    }

    private static Path base(Path file) {
        return parts(file).map(name -> file.resolveSibling(name.group(1) + "." + name.group(3))).orElse(file);
    }

    /** A file's name without its endings, for its pictures. */
    static String name(Path file) {
        return parts(file).map(name -> name.group(1)).orElse(file.getFileName().toString());
    }

    static Path full(Path path) { return path.toAbsolutePath().normalize(); }

    // ---- Bytes and letters

    /** The bytes of a part, unpacked if they are packed, whatever its name. */
    static BufferedInputStream bytes(Path part) throws IOException {
        var bytes = new BufferedInputStream(Files.newInputStream(part), HEAD);
        return isPacked(head(bytes, 2)) ? new BufferedInputStream(new GZIPInputStream(bytes, HEAD), HEAD) : bytes;
    }

    static boolean isPacked(byte[] head) { return Arrays.equals(head, new byte[]{31, (byte) 139}); } // by gzip

    static byte[] head(BufferedInputStream bytes, int length) throws IOException {
        bytes.mark(HEAD);
        var head = bytes.readNBytes(length);
        bytes.reset();
        return head;
    }

    /** The letters of a part: UTF-8, or UTF-16 if its byte order mark or a zero beside its first letter says so. */
    static BufferedReader text(Path part) throws IOException {
        var bytes = bytes(part);
        var length = head(bytes, 2).length;
        var head = Arrays.copyOf(head(bytes, 3), 3);
        var mark = length < 2 ? 0x2020 : (head[0] & 255) << 8 | head[1] & 255;
        var utf8 = mark == 0xEFBB && head[2] == (byte) 0xBF;
        bytes.skipNBytes(utf8 ? 3 : mark == 0xFEFF || mark == 0xFFFE ? 2 : 0);
        var charset = mark == 0xFEFF || mark > 0 && mark < 0x100 ? StandardCharsets.UTF_16BE
                : mark == 0xFFFE || mark > 0 && mark % 0x100 == 0 ? StandardCharsets.UTF_16LE
                : StandardCharsets.UTF_8;
        return new BufferedReader(new InputStreamReader(bytes, charset), HEAD);
    }

    /** The n-th line of a part, counted from 1; shortened, for messages. */
    static String line(Path part, long n) throws IOException {
        try (var lines = text(part)) {
            var line = lines.lines().skip(n - 1).findFirst().orElse("");
            return line.length() <= 200 ? line : line.substring(0, 200) + "…";
        }
    }
}
