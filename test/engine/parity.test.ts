// Every operation of every device against the float64 reference, on the same input.
import { ReferenceDevice } from '../../src/engine/devices/reference/referenceDevice';
import { assertClose } from '../support/closeness';
import { deviceCases } from '../support/devices';
import { gpujsDevices, gpujsInParts } from '../support/gpujsDevices';
import { parityFamilies } from '../support/parityFamilies';

const compared = deviceCases.filter((device) => device.name !== 'reference');

for (const { name, create } of [...compared, ...gpujsDevices, ...gpujsInParts]) {
  describe(`Parity of ${name} with the float64 reference`, () => {
    /** A sum of 1,000 float32 products is off by about 1e-6 of the largest; the rest of 1e-4 is margin, as promised. */
    const tolerance = 1e-4;
    for (const [family, cases] of Object.entries(parityFamilies())) {
      if (name.endsWith('in parts') && family !== 'linear' && family !== 'matrices') continue;
      it(`holds for ${family}`, async function () {
        this.timeout(60_000); // hundreds of runs of the slow reference
        for (const { name: what, run } of cases) {
          const [device, reference] = [create(), new ReferenceDevice()];
          // Results below the range of float32 are 0 there, which is as near as float32 comes.
          const expected = Float32Array.from(await run(reference));
          assertClose(await run(device), expected, { tolerance, what });
          device.dispose();
          reference.dispose();
        }
      });
    }
  });
}
