// What VS Code in a browser has written down. Runs inside the page.

/** All values of the page's databases; states are JSON within JSON, and are read without the escapes. */
export async function storedStates(): Promise<string[]> {
  const settled = <Result>(request: IDBRequest<Result>): Promise<Result> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => {
        resolve(request.result);
      };
      request.onerror = () => {
        reject(new Error(request.error?.message));
      };
    });
  const states: string[] = [];
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await settled(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const values = await settled(database.transaction(store).objectStore(store).getAll());
      states.push(...values.map((value) => String(value).replaceAll('\\', '')));
    }
    database.close();
  }
  return states;
}
