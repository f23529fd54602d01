package io.kappa.router.api.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TraceHeaderTest {
    private static final String WHOLE =
            "Root=1-6500a1b2-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1;Lineage=1:0a0b0c0d:2";

    @Test
    void beginsATraceWhereThereIsNone() {
        assertThat(TraceHeader.ofRun(null, 0x1234, 0x6500a1b2L))
                .matches("Root=1-6500a1b2-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:00001234:0");
    }

    @Test
    void passesOnWhatTheCallerSentWithOneMoreRun() {
        assertThat(TraceHeader.ofRun(WHOLE, 0x1234, 1)).isEqualTo(WHOLE + "|00001234:0");
        assertThat(TraceHeader.ofRun(WHOLE, 0x0a0b0c0d, 1)).isEqualTo(WHOLE.replace(":2", ":3"));
    }

    @Test
    void anEventHasNotRunYet() {
        assertThat(TraceHeader.ofEvent(WHOLE, 1)).isEqualTo(WHOLE);
        assertThat(TraceHeader.ofEvent(null, 0x6500a1b2L))
                .matches("Root=1-6500a1b2-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0");
    }

    @Test
    void addsWhatTheCallerLeftOut() {
        assertThat(TraceHeader.ofRun("Root=1-6500a1b2-0123456789abcdef01234567", 0x1234, 1))
                .matches("Root=1-6500a1b2-0123456789abcdef01234567;Parent=[0-9a-f]{16};Sampled=0;Lineage=1:00001234:0");
    }

    @Test
    void beginsAnewWhereTheHeaderCannotBeUsed() {
        assertThat(TraceHeader.ofRun("Self=1-2-3", 0, 1)).startsWith("Root=1-00000001-");
        assertThat(TraceHeader.ofRun("Root=1-é", 0, 1)).startsWith("Root=1-00000001-");
        assertThat(TraceHeader.ofRun("Root=" + "1".repeat(2000), 0, 1)).startsWith("Root=1-00000001-");
    }
}
