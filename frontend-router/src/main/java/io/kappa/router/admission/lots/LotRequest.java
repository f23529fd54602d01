package io.kappa.router.admission.lots;

import java.util.Map;

/**
 * What a holder says of itself and asks for, every fraction of a lease. Each request tells everything, so lost ones do no harm.
 *
 * @param sequence rises by one with each request of the holder, from 1
 * @param accepted sequence of the latest request whose grant the holder had accepted; it accepts none for an older one any more. 0 for none
 * @param needs a pool that is not named is one of which the holder has nothing and wants nothing
 */
public record LotRequest(HolderId holder, long sequence, long accepted, Map<Pool, Need> needs) {

    public LotRequest {
        needs = Map.copyOf(needs);
    }

    /**
     * @param held tokens that the holder keeps, in use or not; what it had beyond that it has given back by saying so
     * @param demand tokens that it has use for, those in use among them
     * @param pressing of the demand, what is in use or was refused since the request before; the rest has been of use lately
     * @param longestRun time within which an invocation of the pool that a worker has begun is over
     */
    public record Need(int held, int demand, int pressing, long longestRun) {}
}
