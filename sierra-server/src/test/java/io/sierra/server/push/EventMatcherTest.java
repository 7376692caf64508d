package io.sierra.server.push;

import static io.sierra.server.push.SomeEvent.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.cluster.subscription.EventFilter;
import io.sierra.protocol.command.SubscriptionOptions;
import io.sierra.server.command.GlobPattern;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventMatcherTest {
    @Test
    void nothingAskedFor_isAll() {
        assertThat(EventMatcher.of(SubscriptionOptions.NONE)).isSameAs(EventFilter.ALL);
    }

    @Test
    void names_areEqualOrNot() {
        EventFilter filter = EventMatcher.of(options("", "B", "Added", "", "Ünal", "A"));

        for (String name : new String[] {"A", "B", "Added", "Ünal", ""}) {
            assertThat(filter.matches(SomeEvent.of("s", name))).as(name).isTrue();
        }
        for (String name : new String[] {"a", "AB", "Adde", "Addedx", "Ü", "C"}) {
            assertThat(filter.matches(SomeEvent.of("s", name))).as(name).isFalse();
        }
    }

    @Test
    void thousandNames_areAllFound() {
        String[] names = IntStream.range(0, 1000).mapToObj(i -> "name" + i).toArray(String[]::new);
        EventFilter filter = EventMatcher.of(options("", names));

        for (String name : names) {
            assertThat(filter.matches(SomeEvent.of("s", name))).as(name).isTrue();
        }
        assertThat(filter.matches(SomeEvent.of("s", "name1000"))).isFalse();
    }

    @Test
    void prefix_isOfTheStreamId() {
        EventFilter filter = EventMatcher.of(options("öl-"));

        assertThat(filter.matches(SomeEvent.of("öl-1", "E"))).isTrue();
        assertThat(filter.matches(SomeEvent.of("öl-", "E"))).isTrue();
        assertThat(filter.matches(SomeEvent.of("öl", "E"))).isFalse();
        assertThat(filter.matches(SomeEvent.of("xöl-1", "E"))).isFalse();
        assertThat(filter.matches(SomeEvent.of("x".repeat(64), "E"))).isFalse();
    }

    @Test
    void namesAndPrefix_mustBothMatch() {
        EventFilter filter = EventMatcher.of(options("a", "E"));

        assertThat(filter.matches(SomeEvent.of("a1", "E"))).isTrue();
        assertThat(filter.matches(SomeEvent.of("b1", "E"))).isFalse();
        assertThat(filter.matches(SomeEvent.of("a1", "F"))).isFalse();
    }

    @Test
    void glob_isOfTheWholeStreamId() {
        EventFilter filter = EventMatcher.of(GlobPattern.of("a*é?"));

        assertThat(filter.matches(SomeEvent.of("a-long-one-é1", "E"))).isTrue();
        assertThat(filter.matches(SomeEvent.of("aéü", "E"))).isTrue();
        assertThat(filter.matches(SomeEvent.of("aé", "E"))).isFalse();
    }

    private static SubscriptionOptions options(String prefix, String... names) {
        return new SubscriptionOptions(
                /* caughtUp= */ false,
                /* heartbeatMillis= */ 0,
                Arrays.stream(names).map(SomeEvent::utf8).toList(),
                utf8(prefix),
                /* json= */ false,
                /* pushKind= */ null);
    }
}
