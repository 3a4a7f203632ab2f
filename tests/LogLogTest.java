import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Log-log pictures")
class LogLogTest {

    @ParameterizedTest(name = "On an axis for {0} to {1}, which goes from {2} to {3}, {4} lies at {5}")
    @CsvSource({"1, 100, 1, 100, 10, 0.5", "12, 100000, 10, 100000, 1000, 0.5", "0.02, 3, 0.01, 10, 0.1, 0.3333", "100, 100, 100, 1000, 100, 0",
            "40, 50, 10, 100, 100, 1"})
    void axis(double least, double most, double from, double to, double value, double place) {
        var axis = LogLog.Axis.of(DoubleStream.of(most, least));
        assertEquals(from, Math.pow(10, axis.low()), 1e-9);
        assertEquals(to, Math.pow(10, axis.high()), 1e-9);
        assertEquals(place, axis.at(value), 1e-4);
    }

    @Test
    @DisplayName("Quantities and series keep the order in which they came; zero and NaN, which have no logarithm, and other entries are left out")
    void panels() {
        var panels =
                LogLog.panels(List.of(claim("threads", "virtual 100 40"), claim("memory [MB]", "virtual 100 NaN"), claim("threads", "async 100 20"),
                        claim("threads", "virtual 1000 43"), claim("late", "the pool 100 0"), claim("late", "the pool 1000 0.5"),
                        new Lab.Claim("X02_Made", "", "", Map.of("expected", "a 1 2"), Lab.Verdict.HOLDS, Optional.empty())));
        assertEquals(List.of("threads", "late"), List.copyOf(panels.keySet()));
        assertEquals(List.of("virtual", "async"), List.copyOf(panels.get("threads").keySet()));
        assertEquals(List.of(new LogLog.Point("threads", "virtual", 100, 40), new LogLog.Point("threads", "virtual", 1_000, 43)),
                panels.get("threads").get("virtual"));
        assertEquals(Map.of("the pool", List.of(new LogLog.Point("late", "the pool", 1_000, 0.5))), panels.get("late"));
    }

    @Test
    @DisplayName("A panel is 236 wide and 140 high from its corner at 60, 175: ten of one to a hundred lies in the middle, both ways")
    void places() throws Exception {
        var svg = LogLog.drawing(List.of(claim("threads", "pool 100 100"), claim("threads", "pool 1 1"), claim("threads", "pool 10 10")));
        assertTrue(svg.contains("d='M60 175L178 105L296 35'/>"), svg);
        assertTrue(svg.contains("<title id='title'>threads, by the number of requests; both axes are logarithmic</title>"), svg);
        assertTrue(svg.contains("threads, pool, 100 requests: 100"), svg);
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    @DisplayName("Claims that published no point have no picture")
    void none() {
        assertEquals("", LogLog.drawing(List.of()));
        assertEquals("", LogLog.drawing(List.of(claim("late", "pool 100 0"))));
    }

    private static Lab.Claim claim(String quantity, String point) {
        return new Lab.Claim("X02_Made", "", "", Map.of("log-log: " + quantity, point), Lab.Verdict.HOLDS, Optional.empty());
    }
}
