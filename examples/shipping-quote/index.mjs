// Asks every carrier at once and answers with the cheapest quote that came in time.
const carriers = {
  pigeon: { perKilo: 1.2, answersAfterMs: 5 },
  courier: { perKilo: 4.8, answersAfterMs: 2 },
  freighter: { perKilo: 0.3, answersAfterMs: 60_000 },
};
const patienceMs = 20;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function quote([carrier, { perKilo, answersAfterMs }], kilos) {
  await wait(Math.min(answersAfterMs, patienceMs));
  return { carrier, price: answersAfterMs > patienceMs ? null : +(perKilo * kilos).toFixed(2) };
}

export const handler = async ({ kilos }) => {
  const quotes = await Promise.all(Object.entries(carriers).map((carrier) => quote(carrier, kilos)));
  const inTime = quotes.filter(({ price }) => price !== null).sort((a, b) => a.price - b.price);
  console.log(`${inTime.length} of ${quotes.length} carriers answered in time`);
  return { cheapest: inTime[0], others: inTime.slice(1) };
};
