import module java.base;
import java.lang.classfile.ClassFile;
import org.junit.jupiter.api.MediaType;
import org.junit.jupiter.api.MethodDescriptor;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.MethodOrdererContext;
import org.junit.jupiter.api.extension.*;
import org.junit.platform.engine.support.store.NamespacedHierarchicalStore;
import org.opentest4j.TestAbortedException;

/** What JUnit calls while it tests a lesson: measures the runs before the first claim, gives each test its claim, and notes the outcomes. */
final class Laboratory implements BeforeAllCallback, AfterAllCallback, ParameterResolver, AfterTestExecutionCallback {

    /**
     * How to measure; whoever starts JUnit puts it into the store of the launcher's session.
     *
     * @param folder    where the folders of the lessons go
     * @param taskTime  of runs that do not fix it
     * @param replay    judge what the folder holds instead of measuring
     * @param quiet     wait for a quiet machine before each run
     * @param classPath of the servers; a test puts a broken one first
     * @param onLesson  told what became of a lesson when its last claim is decided
     */
    record Settings(Path folder, Duration taskTime, boolean replay, boolean quiet, String classPath,
            Consumer<Taken> onLesson) {

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

    /** A claim as one repetition decided it. */
    record Decided(String sentence, Claim claim, Verdict.Outcome outcome) {}

    /** A lesson that was taken once. */
    record Taken(Experiment lesson, Path folder, List<Decided> claims, List<Experiment.Drawing> drawings) {}

    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(Laboratory.class);

    private final Map<Class<?>, List<Decided>> decided = new ConcurrentHashMap<>();

    private static Path folder(ExtensionContext context) {
        return Settings.of(context).folder.resolve(context.getRequiredTestClass().getName());
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        var folder = Files.createDirectories(folder(context));
        for (var run : lesson(context).runs) run.take(Settings.of(context), folder);
        for (var run : lesson(context).runs)
            if (run.there()) Pictures.draw(run.log(), folder.resolve(run.name), folder.getParent());
    }

    private static Experiment lesson(ExtensionContext context) {
        return (Experiment) context.getRequiredTestInstance();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Claim.class;
    }

    @Override
    public Claim resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(OURS).computeIfAbsent(Claim.class, _ -> new Claim(), Claim.class);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        var claim = context.getStore(OURS).computeIfAbsent(Claim.class, _ -> new Claim(), Claim.class);
        decided.computeIfAbsent(context.getRequiredTestClass(), _ -> new ArrayList<>())
                .add(new Decided(context.getDisplayName(), claim, claim.outcome(context.getExecutionException())));
        if (Settings.of(context).replay) return; // which leaves no report
        if (!claim.entries().isEmpty()) context.publishReportEntry(claim.entries());
        lesson(context).runs.stream().filter(Run::there).limit(1).map(run -> run.name + "-timeline.svg")
                .forEach(picture -> context.publishFile(
                        picture, MediaType.create("image", "svg+xml"),
                        file -> Files.copy(folder(context).resolve(picture), file,
                                StandardCopyOption.REPLACE_EXISTING)));
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        var folder = folder(context);
        var drawings = drawings(lesson(context));
        for (var drawing : drawings)
            if (drawing.picture() != null)
                Pictures.write(drawing.picture(), folder.resolve(drawing.file()), folder.getParent());
        Settings.of(context).onLesson.accept(new Taken(lesson(context), folder,
                decided.getOrDefault(context.getRequiredTestClass(), List.of()), drawings));
    }

    /** None where they need a run that could not be measured here. */
    private static List<Experiment.Drawing> drawings(Experiment lesson) {
        try {
            return lesson.drawings();
        } catch (TestAbortedException missing) {
            return List.of();
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
                context.getMethodDescriptors().sort(Comparator
                        .comparing((MethodDescriptor method) -> names.indexOf(method.getMethod().getName())));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
