// Back and forward: from picture to picture, with what was pointed at in each.
import assert from 'node:assert/strict';
import { startPlace, type Place } from '../../src/protocol/panelApi';
import { PlaceHistory } from '../../webview/placeHistory';

describe('the history of places', () => {
  const at = (patch: Partial<Place>): Place => ({ ...startPlace, ...patch });

  it('leads back and forward again, with what was pointed at last', () => {
    const history = new PlaceHistory();
    assert.ok(!history.leads(-1) && !history.leads(1));
    const attend = at({ step: 'attend', token: 3 });
    history.moved(at({}), attend);
    const locked = { ...attend, cell: [3, 1] as const };
    history.moved(attend, locked);
    const predict = at({ step: 'predict', token: 3 });
    history.moved(locked, predict);
    assert.deepEqual(history.walk(predict, -1), locked);
    assert.deepEqual(history.walk(locked, -1), at({}));
    assert.equal(history.walk(at({}), -1), undefined);
    assert.deepEqual(history.walk(at({}), 1), locked);
    assert.deepEqual(history.walk(locked, 1), predict);
    assert.ok(!history.leads(1));
  });

  it('forgets what was ahead when the person goes another way', () => {
    const history = new PlaceHistory();
    history.moved(at({}), at({ step: 'embed' }));
    const back = history.walk(at({ step: 'embed' }), -1);
    assert.deepEqual(back, at({}));
    history.moved(at({}), at({ step: 'repeat' }));
    assert.ok(!history.leads(1));
  });

  it('leaves how much is explained as it is', () => {
    const history = new PlaceHistory();
    history.moved(at({}), at({ step: 'embed' }));
    const now = at({ step: 'embed', depth: 'mathematics', table: true });
    assert.deepEqual(history.walk(now, -1), at({ depth: 'mathematics', table: true }));
  });
});
