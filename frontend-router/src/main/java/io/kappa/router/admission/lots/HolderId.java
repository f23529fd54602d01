package io.kappa.router.admission.lots;

/**
 * One life of one router. A router that comes back is another holder: it knows nothing of what it had admitted before.
 *
 * @param incarnation never used twice
 */
public record HolderId(String router, String incarnation) implements Comparable<HolderId> {
    @Override
    public int compareTo(HolderId other) {
        int byRouter = router.compareTo(other.router);
        return byRouter != 0 ? byRouter : incarnation.compareTo(other.incarnation);
    }
}
