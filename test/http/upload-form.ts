/** A multipart/form-data request as `fetch` would make it; a part that is no Buffer goes as JSON. */
export async function uploadForm(parts: Readonly<Record<string, object | Buffer>>) {
  const form = new FormData();
  for (const [name, part] of Object.entries(parts)) {
    if (Buffer.isBuffer(part)) form.append(name, new Blob([Uint8Array.from(part)]), `${name}.bin`);
    else form.append(name, new Blob([JSON.stringify(part)], { type: 'application/json' }));
  }
  const response = new Response(form);
  return {
    body: Buffer.from(await response.arrayBuffer()),
    headers: { 'content-type': response.headers.get('content-type') ?? '' },
  };
}
