import module java.base;

/** Writes the pictures of a log, each as a drawing (.svg) and as a page (.html). */
final class Pictures {

    private Pictures() {}

    /**
     * All pictures of one log, under this path without an ending; dashed is what was predicted, if that lies beside
     * the log.
     */
    static void draw(Log log, Path stem, Path plotlyFolder) throws IOException {
        draw(log, stem, plotlyFolder, 0);
    }

    /** The same; where nothing was predicted, dashed is the level that is expected. */
    static void draw(Log log, Path stem, Path plotlyFolder, int expected) throws IOException {
        write(Timeline.of(List.of(log)), Path.of(stem + "-timeline"), plotlyFolder);
        write(InFlight.of(log, log.predicted(), expected), Path.of(stem + "-in-flight"), plotlyFolder);
        if (Lateness.isWorthAPicture(log)) write(Lateness.of(List.of(log)), Path.of(stem + "-lateness"), plotlyFolder);
    }

    /** One picture; pages share the {@code plotly.js} in that folder. */
    static void write(Picture picture, Path stem, Path plotlyFolder) throws IOException {
        var page = Path.of(stem + ".html");
        write(Path.of(stem + ".svg"), Svg.of(picture));
        write(page, Plotly.page(picture, Plotly.script(page, plotlyFolder)));
    }

    /** All or nothing: a reader sees the old file or the new one. */
    static void write(Path file, String text) throws IOException {
        write(file, out -> out.write(text.replace("\r\n", "\n"))); // the same on every system
    }

    /** What writes a file. */
    interface Content {
        void to(Writer out) throws IOException;
    }

    /** The same, for what is too large to be one text. */
    static void write(Path file, Content content) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        var half = file.resolveSibling("%s.%s.half".formatted(file.getFileName(), UUID.randomUUID()));
        try {
            try (var out = Files.newBufferedWriter(half)) {
                content.to(out);
            }
            Files.move(half, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(half);
        }
    }
}
