import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;

/** JBang downloads Spring Boot. */
@DisplayName("Your own server on Spring, in the README")
@Tag("peers")
class SpringTest {

    @Test
    @DisplayName("The Runnable with a log as Spring's TaskDecorator: a plateau of the executor's core size")
    void decorator(@TempDir Path folder) throws Exception {
        var bean = Pattern.compile("`(@Bean TaskDecorator .*?)`").matcher(Files.readString(ReadmeTest.README));
        assertTrue(bean.find());
        Files.writeString(folder.resolve("Own.java"), """
                //%s org.springframework.boot:spring-boot-starter:4.1.2
                import module java.base;
                import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
                import org.springframework.boot.builder.SpringApplicationBuilder;
                import org.springframework.context.annotation.Bean;
                import org.springframework.core.task.*;

                @EnableAutoConfiguration
                public class Own {
                    public static void main(String... args) {
                        try (var context = new SpringApplicationBuilder(Own.class).properties(
                                "spring.task.execution.pool.core-size=3",
                                "spring.task.execution.shutdown.await-termination=true",
                                "spring.task.execution.shutdown.await-termination-period=60s").run()) {
                            var executor = context.getBean("applicationTaskExecutor", TaskExecutor.class);
                            for (var i = 0; i < 9; i++)
                                executor.execute(() -> LockSupport.parkNanos(200_000_000));
                        }
                    }

                    final TaskLog log = new TaskLog(out());

                    static PrintWriter out() {
                        try {
                            return new PrintWriter(new FileWriter("tasks.csv"), true);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }

                    %s
                }

                """.formatted("DEPS", bean.group(1)) + OwnServerTest.snippet("java"));
        try (var own = Script.command(folder, Map.of(), Proc.house().resolve("jbang").toString(), "Own.java")) {
            assertEquals(0, own.exitCode(), own.err()::toString);
        }
        OwnServerTest.assertPlateau(3, folder.resolve("tasks.csv"));
    }
}
