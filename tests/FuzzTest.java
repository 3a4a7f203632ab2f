import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

/** A hundred thousand mutated inputs, the same each time: nothing comes of them but what is documented. */
@DisplayName("Bad input")
class FuzzTest {

    static final String LETTERS = "0123456789,;:.-+TZ[] \t\r\n\"'\u0000\ufeff\u001bé日=&%aseync";

    @TempDir
    Path folder;

    /** Changes, adds, doubles or drops some letters. */
    static String mutated(String text, Random random) {
        var letters = new StringBuilder(text);
        for (var change = random.nextInt(5); change >= 0; change--) {
            var at = random.nextInt(letters.length() + 1);
            var to = Math.min(letters.length(), at + random.nextInt(12));
            var letter = "" + LETTERS.charAt(random.nextInt(LETTERS.length()));
            switch (random.nextInt(4)) {
                case 0 -> letters.replace(at, Math.min(letters.length(), at + 1), letter);
                case 1 -> letters.insert(at, letter);
                case 2 -> letters.insert(at, letters.substring(at, to));
                default -> letters.delete(at, to);
            }
        }
        return letters.toString();
    }

    @ParameterizedTest(name = "{1} mutations of {0} are read, or refused in one line")
    @CsvSource({"base.log, 2400", "bom.csv, 2400", "glued.log, 1600", "R&D.csv, 400", "failed-task.log, 1200"})
    void logs(String name, int times) throws Exception {
        var text = Files.readString(CasesTest.CASES.resolve(name));
        var random = new Random(name.hashCode());
        for (var i = 0; i < times; i++) {
            var input = mutated(text, random);
            var file = Files.writeString(folder.resolve("a.log"), input);
            try {
                var log = Log.read(file, null);
                var figures = Figures.of(log);
                assertTrue(figures.plateau() <= figures.highest() && figures.highest() <= figures.tasks(), input);
                if (i % 50 == 0) Pictures.draw(log, folder.resolve("a"), folder);
            } catch (IOException refused) {
                assertFalse(refused.getMessage().isBlank(), input);
            } catch (RuntimeException | Error e) {
                fail(input, e);
            }
        }
    }

    @Test
    @DisplayName("30,000 mutated bytes of a recording are read, or refused in one line")
    void bytes() throws Exception {
        var random = new Random(7);
        for (var i = 0; i < 300; i++) {
            var bytes = new byte[100];
            random.nextBytes(bytes);
            System.arraycopy("FLR\0\0\2\0\1".getBytes(StandardCharsets.ISO_8859_1), 0, bytes, 0, 8);
            var file = Files.write(folder.resolve("a.jfr"), bytes);
            assertThrows(IOException.class, () -> Log.read(file, null));
        }
    }

    @Test
    @DisplayName("46,000 mutated times are a time, or wrong usage")
    void durations() {
        var random = new Random(3);
        for (var i = 0; i < 46_000; i++) {
            var input = mutated(List.of("3s", "250ms", "1m30s", "PT3S", "P1DT2H").get(i % 5), random);
            try {
                assertTrue(Words.duration(input).toMillis() >= 1, input);
            } catch (TypeConversionException documented) {
                assertTrue(documented.getMessage().contains("is not a time"), documented::getMessage);
            }
        }
    }

    @Test
    @DisplayName("46,000 mutated queries are sync, async, or answered with 422")
    void queries() {
        var random = new Random(4);
        for (var i = 0; i < 46_000; i++) {
            var input = mutated(
                    List.of("as_async=0", "as_async=1&x=2", "as%5Fasync=-7", "a=b&as_async=%31").get(i % 4), random);
            try {
                assertNotNull(Server.mode(input), input);
            } catch (IllegalArgumentException notAnInteger) { // which the server answers with 422
            }
        }
    }
}
