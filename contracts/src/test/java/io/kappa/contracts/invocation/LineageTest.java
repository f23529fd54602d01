package io.kappa.contracts.invocation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineageTest {
    private static final String ROOT = "Root=1-6500a1b2-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0";
    private static final int F = 0x0a0b0c0d;
    private static final int G = 0xf0000001;

    @Test
    void theFirstRunOfAFunctionIsNumberZero() {
        assertThat(Lineage.entered(ROOT, F)).isEqualTo(ROOT + ";Lineage=1:0a0b0c0d:0");
    }

    @Test
    void eachFunctionIsCountedForItself() {
        var chain = Lineage.entered(Lineage.entered(Lineage.entered(ROOT, F), G), F);

        assertThat(chain).isEqualTo(ROOT + ";Lineage=1:0a0b0c0d:1|f0000001:0");
        assertThat(Lineage.runs(chain, F)).isEqualTo(2);
        assertThat(Lineage.runs(chain, G)).isEqualTo(1);
        assertThat(Lineage.runs(chain, 1)).isZero();
    }

    @Test
    void sixteenRunsAreAllowed() {
        var trace = ROOT;
        int runs = 0;
        while (!Lineage.isExhausted(trace, F)) {
            trace = Lineage.entered(trace, F);
            runs++;
        }
        assertThat(runs).isEqualTo(16);
        assertThat(trace).endsWith(":15");
        assertThat(Lineage.isExhausted(trace, G)).isFalse();
    }

    @Test
    void theOlderFormIsUnderstood() {
        assertThat(Lineage.runs(ROOT + ";Lineage=a0b0c0d:4|f0000001:0", F)).isEqualTo(5);
    }

    @Test
    void aPartIsFoundWhereverItStands() {
        assertThat(Lineage.entered("Lineage=1:0a0b0c0d:1;" + ROOT, F)).isEqualTo(ROOT + ";Lineage=1:0a0b0c0d:2");
        assertThat(Lineage.entered("Root=1-2-3;Lineage=1:0a0b0c0d:1;Sampled=0", F))
                .isEqualTo("Root=1-2-3;Sampled=0;Lineage=1:0a0b0c0d:2");
        assertThat(Lineage.runs("Root=1-2-3;XLineage=1:0a0b0c0d:1", F)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Lineage=",
                "Lineage=1:",
                "Lineage=:",
                "Lineage=1:x:y",
                "Lineage=1:0a0b0c0d",
                "Lineage=1:0a0b0c0d:-1",
                "Lineage=1:0a0b0c0d:+1",
                "Lineage=1:-a0b0c0d:1",
                "Lineage=1:0a0b0c0d0:1",
                "Lineage=1:0a0b0c0d:12345",
                "Lineage=1:0a0b0c0d:1|",
                "Lineage=1:0a0b0c0d:1|?"
            })
    void whatCannotBeUnderstoodBeginsANewChain(String lineage) {
        assertThat(Lineage.runs(ROOT + ";" + lineage, F)).isZero();
        assertThat(Lineage.entered(ROOT + ";" + lineage, F)).isEqualTo(ROOT + ";Lineage=1:0a0b0c0d:0");
    }

    @Test
    void aTraceCanForgetItsChain() {
        assertThat(Lineage.forgotten(Lineage.entered(ROOT, F))).isEqualTo(ROOT);
        assertThat(Lineage.forgotten(ROOT)).isEqualTo(ROOT);
    }

    @Test
    void whatFollowsFromSeveralHasTheMostRunsOfEach() {
        assertThat(Lineage.merged(List.of(
                        "Root=1-1-1;Lineage=1:0a0b0c0d:1|f0000001:7", "Root=1-2-2", "Root=1-3-3;Lineage=1:0a0b0c0d:3")))
                .isEqualTo("Root=1-1-1;Lineage=1:0a0b0c0d:3|f0000001:7");
        assertThat(Lineage.merged(List.of())).isNull();
    }

    @Test
    void aChainOfManyFunctionsStaysShortAndKeepsThoseThatRanMost() {
        var random = new Random(1);
        var trace = ROOT;
        for (int i = 0; i < 2_000; i++) {
            trace = Lineage.entered(trace, i % 10 == 0 ? F : random.nextInt());
        }
        assertThat(trace).hasSizeLessThan(600);
        assertThat(Lineage.runs(trace, F)).isEqualTo(200);
    }
}
