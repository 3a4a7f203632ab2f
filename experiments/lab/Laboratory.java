import module java.base;
import java.lang.classfile.ClassFile;
import org.junit.jupiter.api.MediaType;
import org.junit.jupiter.api.MethodDescriptor;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.MethodOrdererContext;
import org.junit.jupiter.api.extension.*;
import org.junit.platform.engine.support.store.NamespacedHierarchicalStore;
import org.opentest4j.TestAbortedException;

/** What JUnit calls while it tests a lesson: measures the runs, gives each test its claim, makes the verdict. */
final class Laboratory implements BeforeAllCallback, AfterAllCallback, ParameterResolver, AfterTestExecutionCallback {

    /**
     * How to measure; whoever starts JUnit puts it into the store of the launcher's session.
     *
     * @param folder    where the folders of the lessons go
     * @param taskTime  of runs that do not fix it
     * @param replay    judge what the folder holds instead of measuring
     * @param quiet     wait for a quiet machine before each run
     * @param scale     measure also what takes minutes and gigabytes
     * @param java      options of our server's JVM, with its class path; a test puts a broken server first
     * @param command   that repeats it
     * @param onLesson  told the verdict when the last claim is decided
     */
    record Settings(Path folder, Duration taskTime, boolean replay, boolean quiet, boolean scale, List<String> java,
            String command, Consumer<Verdict> onLesson) {

        private static final Object KEY = Settings.class;

        void putInto(NamespacedHierarchicalStore<org.junit.platform.engine.support.store.Namespace> session) {
            session.put(org.junit.platform.engine.support.store.Namespace.create(KEY), KEY, this);
        }

        private static Settings of(ExtensionContext context) {
            return context
                    .getStore(ExtensionContext.StoreScope.LAUNCHER_SESSION, ExtensionContext.Namespace.create(KEY))
                    .get(KEY, Settings.class);
        }
    }

    private final Map<Class<?>, List<Verdict.Judged>> judged = new ConcurrentHashMap<>();

    private static Path folder(ExtensionContext context) {
        return Settings.of(context).folder.resolve(context.getRequiredTestClass().getName());
    }

    private static Experiment lesson(ExtensionContext context) {
        return (Experiment) context.getRequiredTestInstance();
    }

    private static Claim claim(ExtensionContext context) {
        return context.getStore(ExtensionContext.Namespace.create(Laboratory.class))
                .computeIfAbsent(Claim.class, _ -> new Claim(), Claim.class);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        var folder = Files.createDirectories(folder(context));
        var runs = lesson(context).runs;
        for (var run : runs) run.take(Settings.of(context), folder);
        for (var run : runs) if (run.there()) Pictures.draw(run.log(), folder.resolve(run.name), folder.getParent());
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Claim.class;
    }

    @Override
    public Claim resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return claim(context);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        judged.computeIfAbsent(context.getRequiredTestClass(), _ -> new ArrayList<>())
                .add(claim(context).judged(context.getDisplayName(), context.getExecutionException()));
        if (Settings.of(context).replay) return; // which leaves no report
        if (!claim(context).entries().isEmpty()) context.publishReportEntry(claim(context).entries());
        lesson(context).runs.stream().filter(Run::there).limit(1).map(run -> run.name + "-timeline.svg")
                .forEach(picture -> context.publishFile(picture, MediaType.create("image", "svg+xml"),
                        file -> Files.copy(folder(context).resolve(picture), file,
                                StandardCopyOption.REPLACE_EXISTING)));
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        var folder = folder(context);
        var shown = new ArrayList<Verdict.Shown>();
        for (var drawing : drawings(lesson(context))) {
            if (drawing.picture() != null && !drawing.picture().panels().isEmpty()) // empty if no run is there
                Pictures.write(drawing.picture(), folder.resolve(drawing.file()), folder.getParent());
            if (Files.exists(folder.resolve(drawing.file() + ".svg")))
                shown.add(new Verdict.Shown(drawing.file(), drawing.caption()));
        }
        var settings = Settings.of(context);
        settings.onLesson.accept(Verdicts.of(lesson(context), settings.command,
                judged.getOrDefault(context.getRequiredTestClass(), List.of()), shown));
    }

    /** None where they need a run or a figure that could not be measured here. */
    private static List<Experiment.Drawing> drawings(Experiment lesson) {
        try {
            return lesson.drawings();
        } catch (RuntimeException missing) {
            if (missing instanceof TestAbortedException || !lesson.runs.stream().allMatch(Run::there))
                return List.of();
            throw missing; // a mistake in the lesson
        }
    }

    /** Claims in the order in which they stand in the file, which is their order in the class file. */
    static final class SourceOrder implements MethodOrderer {
        @Override
        public void orderMethods(MethodOrdererContext context) {
            var type = context.getTestClass();
            try (var bytes = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
                var names = ClassFile.of().parse(bytes.readAllBytes()).methods().stream()
                        .map(method -> method.methodName().stringValue()).toList();
                context.getMethodDescriptors().sort(Comparator.comparing(
                        (MethodDescriptor method) -> names.indexOf(method.getMethod().getName())));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
